import * as provider from "../../cluster/nodeRegistrationProvider";
import type { NodeRegistrationState } from "../../cluster/nodeRegistrationState";
import { read } from "../../cluster/nodeRegistrationRead";
import { failure, freePort, kubeconfigOf, nodeObject } from "./fakeApiServer";
import { claim, ofClaim, RegistrationScene } from "./registrationScene";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const scene = new RegistrationScene();
const { sealed, state, registeredNode } = scene;

describe("NodeRegistration read", () => {
  test("shows no difference where all is as recorded, and no foreign marks", async () => {
    registeredNode({ labels: { pool: "x", foreign: "1" } });
    const { id, props, inputs: seen } = await read("a", state());
    expect({ id, props, seen }).toEqual({ id: "a", props: state(), seen: sealed() });
    expect(scene.said).toEqual([]);
  });

  test("shows changed and missing marks, and another kubelet, as differences of the inputs", async () => {
    const node = nodeObject("a", "True", "v1.36.0");
    scene.server.putNode({ ...node, metadata: { ...node.metadata, labels: { pool: "theirs" } } });
    const { inputs: seen, props } = await read("a", state());
    const drift = { labels: { pool: "theirs" }, taints: [], kubeletVersion: "v1.36.0" };
    expect(seen).toEqual(sealed({ ...drift, claim: { ...claim, id: "", owner: "" } }));
    expect(props).toEqual(state(drift));
  });

  test("shows another claim on the Node as a difference of the inputs, and keeps the own one as what may be deleted", async () => {
    registeredNode({ annotations: ofClaim("claim-2", "org/project/other") });
    const { inputs: seen, props } = await read("a", state());
    expect(seen).toEqual(sealed({ claim: { ...claim, id: "claim-2", owner: "org/project/other" } }));
    expect(props).toEqual(state({ told: ["Node a belongs to stack org/project/other"] }));
  });

  test("tells a cordon and another Node object of the same host, whose uid it records", async () => {
    registeredNode({ uid: "uid-2", spec: { unschedulable: true } });
    const { inputs: seen, props } = await read("a", state());
    const told = [
      "Node a is cordoned",
      "Node a is another object than the one recorded: its uid is uid-2, uid-of-a is recorded",
    ];
    expect(props).toEqual(state({ nodeUid: "uid-2", told }));
    expect(seen).toEqual(sealed());
    expect(scene.said).toEqual(told);
  });

  test("does not record the uid of another host's Node, which `destroy` would delete then", async () => {
    registeredNode({ uid: "uid-2", machineID: "machine-2", annotations: {} });
    const { inputs: seen, props } = await read("a", state());
    expect(props).toMatchObject({ nodeUid: "uid-of-a", claim });
    expect(scene.said).toContain("Node a is there, but it is machine machine-2's, not this host's");
    expect(seen).toMatchObject({ claim: { id: "", machineId: "machine-2" } });
    await provider.delete("a", props as NodeRegistrationState);
    expect(scene.server.nodes.has("a")).toBe(true);
  });

  test("shows a Node that its kubelet says is not Ready as a difference, for which the next update waits", async () => {
    const faults = ["it is not Ready (ReasonFalse): message of False"];
    registeredNode({ ready: "False" });
    const { inputs: seen, props } = await read("a", state());
    expect([seen, props]).toEqual([sealed({ faults }), state({ faults })]);
    await expect(provider.update("a", props as NodeRegistrationState, scene.inputs())).rejects.toThrow(
      "Ready condition is False (ReasonFalse)",
    );
    registeredNode({ ready: "True" });
    expect(await provider.update("a", props as NodeRegistrationState, scene.inputs())).toEqual({ outs: state() });
    expect((await read("a", state({ faults }))).props).toEqual(state());
  });

  test("shows no difference where a controller has set Ready to Unknown: only the host knows why its kubelet is silent", async () => {
    registeredNode({ ready: "Unknown" });
    expect((await read("a", state())).inputs).toEqual(sealed());
  });

  test("gives no id for a Node that is gone", async () => {
    expect(await read("a", state())).toEqual({ id: "" });
  });

  test("keeps a registration that never succeeded unfinished", async () => {
    registeredNode();
    const { inputs: seen, props } = await read("a", state({ nodeUid: "" }));
    expect(seen).toMatchObject({ revision: "" });
    expect(props).toMatchObject({ revision: "", nodeUid: "" });
  });

  test("leaves all as recorded where the credentials are refused, and says so", async () => {
    scene.server.intercept = () => failure(401, "");
    expect(await read("a", state())).toEqual({ id: "a", props: state() });
    expect(scene.said).toEqual([
      expect.stringMatching(/^Node a: what it is like is unknown, and stays as recorded: .*401.*expired/) as string,
    ]);
    expect(await read("a", state({ nodeUid: "" }))).toMatchObject({
      props: { revision: "" },
      inputs: { revision: "" },
    });
  });

  test("waits once for a server that does not answer, and leaves all as recorded", async () => {
    const quick = { pollMs: 10, watchedPollMs: 60_000, requestMs: 300, unreachableMs: 1000, progressMs: 60_000 };
    const recorded = state({ kubeconfig: kubeconfigOf(`https://127.0.0.1:${await freePort()}`) });
    expect(await read("a", recorded, quick)).toEqual({ id: "a", props: recorded });
    const start = Date.now();
    expect(await read("b", recorded, quick)).toEqual({ id: "b", props: recorded });
    expect(Date.now() - start).toBeLessThan(500);
    expect(scene.said).toHaveLength(2);
    expect(scene.said[1]).toMatch(
      /^Node b: what it is like is unknown.*https:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/,
    );
  });
});
