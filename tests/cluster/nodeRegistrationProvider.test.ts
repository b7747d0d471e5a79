import { noNetwork } from "../../cluster/networkFacts";
import * as provider from "../../cluster/nodeRegistrationProvider";
import type { NodeRegistrationInputs, NodeRegistrationState } from "../../cluster/nodeRegistrationState";
import { failure, nodeObject } from "./fakeApiServer";
import { claim, ofClaim, ofRegistration, RegistrationScene } from "./registrationScene";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

/** What a failed create throws. */
type Failed = Error & { id?: string; properties?: NodeRegistrationState; reasons?: string[] };

const scene = new RegistrationScene();
const { inputs, state, registeredNode } = scene;

describe("diff", () => {
  test("replaces for another node name and leaves the rest to the engine", async () => {
    expect(await provider.diff("a", state(), inputs({ labels: { other: "1" } }))).toEqual({ replaces: [] });
    expect(await provider.diff("a", state(), inputs({ nodeName: "b" }))).toEqual({ replaces: ["nodeName"] });
  });

  test("does not take a name that a preview does not know yet for another one", async () => {
    const nodeName = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(await provider.diff("a", state(), inputs({ nodeName }))).toEqual({ replaces: [] });
  });
});

describe("create", () => {
  test("marks the Ready Node as the claim's and records its pod CIDRs and uid", async () => {
    scene.server.putNode(nodeObject("a", "True"));
    expect(await provider.create(inputs())).toEqual({
      id: "a",
      outs: { ...state(), instance: expect.any(String) as string },
    });
    expect(scene.server.nodes.get("a")?.metadata.labels).toEqual({ "kubernetes.io/hostname": "a", pool: "x" });
    expect(scene.server.nodes.get("a")?.metadata.annotations).toEqual(ofRegistration(claim.id));
    expect(scene.server.nodes.get("a")?.spec?.taints).toEqual([{ key: "k", effect: "NoSchedule" }]);
    expect(scene.server.pathsOf("PATCH")).toHaveLength(1);
  });

  test("takes over the Node from another claim of the same stack, and from its own of before a stack was renamed", async () => {
    for (const annotations of [ofClaim("claim-0"), ofClaim(claim.id, "org/project/old-name")]) {
      registeredNode({ annotations });
      await provider.create(inputs());
      expect(scene.server.nodes.get("a")?.metadata.annotations).toEqual(ofRegistration(claim.id));
    }
  });

  test("changes no Node of another host: neither while it waits nor where one comes in between", async () => {
    registeredNode({ machineID: "machine-of-another", annotations: {} });
    await expect(provider.create(inputs())).rejects.toThrow("it is machine machine-of-another's, not this host's");
    registeredNode({ annotations: {} });
    scene.server.intercept = ({ method }) => {
      if (method === "PATCH") registeredNode({ machineID: "machine-of-another", annotations: {} });
      return undefined;
    };
    await expect(provider.create(inputs())).rejects.toThrow("not this host's; nothing of it was changed");
    expect(scene.server.nodes.get("a")?.metadata.annotations).toEqual({});
  });

  test("refuses a Node that another stack holds, before it changes anything", async () => {
    registeredNode({ annotations: ofClaim("claim-2", "org/project/other") });
    await expect(provider.create(inputs())).rejects.toThrow(
      "Node a belongs to stack org/project/other; give this host another name, or take it out of that stack",
    );
    expect(scene.server.pathsOf("PATCH")).toEqual([]);
  });

  test("records a node that does not become Ready, so that `up` waits again and `destroy` deletes it", async () => {
    scene.server.putNode(nodeObject("a", "False"));
    const failed = await provider.create(inputs()).catch((error: Failed) => error);
    const instance = expect.any(String) as string;
    expect(failed).toMatchObject({
      id: "a",
      properties: state({ nodeUid: "", podCIDRs: [], network: noNetwork, instance }),
    });
    expect(failed).toHaveProperty("reasons", [expect.stringContaining("Ready condition is False")]);
    expect(scene.server.pathsOf("PATCH")).toEqual([]);
    const { properties } = failed as Failed;
    if (!properties) throw new Error("no state recorded");

    scene.server.putNode(nodeObject("a", "True"));
    expect(await provider.update("a", properties, inputs())).toEqual({ outs: state({ instance }) });
    expect(scene.server.nodes.get("a")?.metadata.labels).toMatchObject({ pool: "x" });
  });

  test("records it also where labels are refused", async () => {
    scene.server.putNode(nodeObject("a", "True"));
    scene.server.intercept = ({ method }) =>
      method === "PATCH" ? failure(422, "metadata.labels: Invalid value") : undefined;
    await expect(provider.create(inputs())).rejects.toMatchObject({
      id: "a",
      message: expect.stringMatching(/^cannot change Node a at .*: 422 metadata\.labels: Invalid value$/) as string,
    });
  });

  test("records nothing where the API server gives no usable answer, since the kubeconfig may be wrong", async () => {
    scene.server.intercept = () => failure(401, "");
    const failed = await provider.create(inputs()).catch((error: Failed) => error);
    expect(failed).toBeInstanceOf(Error);
    expect(failed).not.toHaveProperty("id");
    expect((failed as Failed).message).not.toContain("very-secret");
  });
});

describe("update", () => {
  test("records a new kubeconfig or timeout once the kubeconfig works, and changes nothing in the cluster", async () => {
    registeredNode();
    const news = inputs({ kubeconfig: scene.server.kubeconfig + " ", drainTimeoutSeconds: 7 });
    expect(await provider.update("a", state(), news)).toEqual({ outs: { ...state(), ...news } });
    expect(new Set(scene.server.calls.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  test("does not record a kubeconfig that has expired", async () => {
    registeredNode();
    scene.server.intercept = () => failure(401, "");
    await expect(provider.update("a", state(), inputs({ kubeconfig: scene.server.kubeconfig + " " }))).rejects.toThrow(
      "the kubeconfig's credentials are not accepted: have they expired?",
    );
  });

  test("removes the marks it owned and no longer wants, and no others", async () => {
    registeredNode({ labels: { pool: "x", foreign: "1" } });
    const { outs } = await provider.update("a", state(), inputs({ labels: { role: "db" }, taints: [] }));
    expect(scene.server.nodes.get("a")?.metadata.labels).toEqual({
      "kubernetes.io/hostname": "a",
      foreign: "1",
      role: "db",
    });
    expect(scene.server.nodes.get("a")?.spec?.taints).toEqual([]);
    expect(outs).toEqual(state({ labels: { role: "db" }, taints: [] }));
  });

  test("takes away what flannel wrote on the Node once it is flannel's no more, and leaves what somebody else wrote for it", async () => {
    const flannel = (name: string) => `flannel.alpha.coreos.com/${name}`;
    const theirs = { [flannel("public-ip-overwrite")]: "192.0.2.1", other: "x" };
    const annotations = {
      ...ofClaim(claim.id),
      ...theirs,
      [flannel("backend-type")]: "vxlan",
      [flannel("public-ip")]: "10.0.0.1",
    };
    const seen = () => scene.server.nodes.get("a")?.metadata.annotations;
    registeredNode({ annotations });
    await provider.update(
      "a",
      state({ podNetwork: "flannel" }),
      inputs({ podNetwork: "flannel", labels: { role: "db" } }),
    );
    expect(seen()).toMatchObject(annotations);
    await provider.update("a", state({ podNetwork: "flannel" }), inputs());
    expect(seen()).toMatchObject(theirs);
    expect(Object.keys(seen() ?? {}).filter((name) => name.startsWith("flannel"))).toEqual([
      flannel("public-ip-overwrite"),
    ]);
  });

  test("does not wait for Ready for labels alone", async () => {
    registeredNode({ labels: {}, ready: "False" });
    await provider.update("a", state(), inputs({ labels: { role: "db" } }));
    expect(scene.server.nodes.get("a")?.metadata.labels).toMatchObject({ role: "db" });
  });

  test.each<[string, Partial<NodeRegistrationInputs>]>([
    ["revision", { revision: "2" }],
    ["kubelet version", { kubeletVersion: "v1.38.0" }],
    ["claim", { claim: { ...claim, id: "claim-2" } }],
  ])("waits for Ready again after another %s", async (_what, change) => {
    registeredNode({ ready: "False" });
    await expect(provider.update("a", state(), inputs(change))).rejects.toThrow("Ready condition is False");
  });

  test("waits for the Node of a new machine behind the name", async () => {
    registeredNode();
    const news = inputs({ claim: { ...claim, id: "claim-2", machineId: "machine-2" }, readyTimeoutSeconds: 10 });
    setTimeout(() => registeredNode({ machineID: "machine-2", uid: "uid-2" }), 100);
    expect((await provider.update("a", state(), news)).outs).toMatchObject({ nodeUid: "uid-2" });
    expect(scene.server.nodes.get("a")?.metadata.annotations).toEqual(ofRegistration("claim-2"));
  });

  test("writes annotations that are gone again, and tells a cordon without lifting it", async () => {
    registeredNode({ annotations: {}, spec: { unschedulable: true } });
    const { outs } = await provider.update("a", state(), inputs());
    expect(scene.server.nodes.get("a")?.metadata.annotations).toEqual(ofRegistration(claim.id));
    expect(scene.server.nodes.get("a")?.spec?.unschedulable).toBe(true);
    expect(outs?.told).toEqual(["Node a is cordoned"]);
    expect(scene.said).toEqual(["Node a is cordoned"]);
  });

  test("says what to do where the Node is gone", async () => {
    await expect(provider.update("a", state(), inputs({ labels: {} }))).rejects.toThrow(
      /Node a is gone.*restart its kubelet/,
    );
  });
});
