import * as provider from "../../cluster/nodeRegistrationProvider";
import type { NodeRegistrationState } from "../../cluster/nodeRegistrationState";
import { failure, podObject } from "./fakeApiServer";
import { ofClaim, ofRegistration, RegistrationScene, type Registered } from "./registrationScene";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const scene = new RegistrationScene();
const { state, registeredNode } = scene;

describe("NodeRegistration delete", () => {
  test("drains, then deletes the Node", async () => {
    registeredNode();
    scene.server.putPod(podObject("web"));
    await provider.delete("a", state());
    expect(scene.server.nodes.size + scene.server.pods.size).toBe(0);
  });

  test("leaves the Node where its drain is blocked", async () => {
    registeredNode();
    scene.server.putPod(podObject("web"));
    scene.server.intercept = ({ method }) => (method === "POST" ? failure(429, "budget") : undefined);
    await expect(provider.delete("a", state({ drainTimeoutSeconds: 0.2 }))).rejects.toThrow("was not drained");
    expect(scene.server.nodes.has("a")).toBe(true);
  });

  test("deletes without draining where the drain timeout is 0", async () => {
    registeredNode();
    scene.server.putPod(podObject("web"));
    await provider.delete("a", state({ drainTimeoutSeconds: 0 }));
    expect(scene.server.pathsOf("POST")).toEqual([]);
    expect(scene.server.nodes.size).toBe(0);
  });

  test("succeeds where the Node is gone, also in the middle", async () => {
    await provider.delete("a", state());
    registeredNode();
    scene.server.intercept = ({ method }) => {
      if (method === "DELETE") scene.server.nodes.clear();
      return undefined;
    };
    await provider.delete("a", state());
  });

  const kept: [string, Registered, Partial<NodeRegistrationState>][] = [
    ["that another claim of this stack has taken over", { annotations: ofClaim("claim-2") }, {}],
    [
      "that another registration of this claim has taken over",
      { annotations: ofRegistration("claim-1", "second") },
      {},
    ],
    [
      "that a registration has taken over from one of before there were any names of them",
      { annotations: ofRegistration("claim-1", "second") },
      { instance: undefined },
    ],
    ["that another stack has taken over", { annotations: ofClaim("claim-2", "org/project/other") }, {}],
    ["of another uid and machine with a copy of the claim", { uid: "uid-2", machineID: "machine-2" }, {}],
    ["of another uid and machine", { annotations: {}, uid: "uid-2", machineID: "machine-2" }, {}],
    ["of another machine, where it was never Ready", { annotations: {}, machineID: "machine-2" }, { nodeUid: "" }],
    ["of another uid, where no claim is recorded", { annotations: {}, uid: "uid-2" }, { claim: undefined }],
  ];
  test.each(kept)("leaves a Node alone %s", async (_what, node, changes) => {
    const before = registeredNode(node);
    scene.server.putPod(podObject("web"));
    await provider.delete("a", state(changes));
    expect(scene.server.nodes.get("a")).toEqual(before);
    expect(scene.server.pods.size).toBe(1);
    expect(scene.said).toEqual([expect.stringMatching(/^Node a is left alone, .*: it is machine /) as string]);
  });

  const gone: [string, Registered, Partial<NodeRegistrationState>][] = [
    ["the claim's and this machine's, of another uid", { uid: "uid-2" }, {}],
    ["the claim's, of the recorded uid, on another machine", { machineID: "machine-2" }, {}],
    ["without annotations, of the recorded uid", { annotations: {}, machineID: "machine-2" }, {}],
    ["without annotations, of this machine, where it was never Ready", { annotations: {} }, { nodeUid: "" }],
  ];
  test.each(gone)("deletes a Node that is %s", async (_what, node, changes) => {
    registeredNode(node);
    await provider.delete("a", state(changes));
    expect(scene.server.nodes.size).toBe(0);
  });

  test("leaves the Node alone that comes under its name in the middle", async () => {
    registeredNode();
    scene.server.intercept = ({ method }) => {
      if (method === "DELETE") registeredNode({ uid: "uid-2" });
      return undefined;
    };
    await provider.delete("a", state());
    expect(scene.server.nodes.get("a")?.metadata.uid).toBe("uid-2");
    expect(scene.said).toEqual([expect.stringContaining("another Node has taken the name")]);
  });
});
