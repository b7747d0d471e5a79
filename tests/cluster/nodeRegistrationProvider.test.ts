import * as provider from "../../cluster/nodeRegistrationProvider";
import type { NodeRegistrationInputs, NodeRegistrationState } from "../../cluster/nodeRegistrationProvider";
import { failure, FakeApiServer, nodeObject, podObject } from "./fakeApiServer";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

/** What a failed create throws. */
type Failed = Error & { id?: string; properties?: NodeRegistrationState; reasons?: string[] };

describe("the provider of NodeRegistration", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(() => server.stop());

  function inputs(changes: Partial<NodeRegistrationInputs> = {}): NodeRegistrationInputs {
    const engineKey = { __provider: "text of the provider" };
    const { kubeconfig } = server;
    const fixed = {
      nodeName: "a",
      kubeletVersion: "v1.37.2",
      revision: "1",
      readyTimeoutSeconds: 0.2,
      drainTimeoutSeconds: 1,
    };
    return {
      ...engineKey,
      kubeconfig,
      ...fixed,
      labels: { pool: "x" },
      taints: [{ key: "k", effect: "NoSchedule" }],
      ...changes,
    };
  }
  function state(changes: Partial<NodeRegistrationState> = {}): NodeRegistrationState {
    return { ...inputs(), podCIDRs: ["10.2.1.0/24"], nodeUid: "uid-of-a", ...changes };
  }
  /** A Ready Node with the marks of `inputs()`. */
  function registeredNode(labels: Record<string, string> = { pool: "x" }, ready: "True" | "False" = "True") {
    const node = nodeObject("a", ready);
    const metadata = { ...node.metadata, labels: { ...node.metadata.labels, ...labels } };
    return server.putNode({ ...node, metadata, spec: { ...node.spec, taints: [{ key: "k", effect: "NoSchedule" }] } });
  }

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
    test("marks the Ready Node and records its pod CIDRs and uid", async () => {
      server.putNode(nodeObject("a", "True"));
      expect(await provider.create(inputs())).toEqual({ id: "a", outs: state() });
      expect(server.nodes.get("a")?.metadata.labels).toEqual({ "kubernetes.io/hostname": "a", pool: "x" });
      expect(server.nodes.get("a")?.spec?.taints).toEqual([{ key: "k", effect: "NoSchedule" }]);
    });

    test("records a node that does not become Ready, so that `up` waits again and `destroy` deletes it", async () => {
      server.putNode(nodeObject("a", "False"));
      const failed = await provider.create(inputs()).catch((error: Failed) => error);
      expect(failed).toMatchObject({ id: "a", properties: state({ nodeUid: "", podCIDRs: [] }) });
      expect(failed).toHaveProperty("reasons", [expect.stringContaining("Ready condition is False")]);
      expect(server.pathsOf("PATCH")).toEqual([]);
      const { properties } = failed as Failed;
      if (!properties) throw new Error("no state recorded");

      server.putNode(nodeObject("a", "True"));
      expect(await provider.update("a", properties, inputs())).toEqual({ outs: state() });
      expect(server.nodes.get("a")?.metadata.labels).toMatchObject({ pool: "x" });
    });

    test("records it also where labels are refused", async () => {
      server.putNode(nodeObject("a", "True"));
      server.intercept = ({ method }) =>
        method === "PATCH" ? failure(422, "metadata.labels: Invalid value") : undefined;
      await expect(provider.create(inputs())).rejects.toMatchObject({
        id: "a",
        message: expect.stringMatching(/^cannot change Node a at .*: 422 metadata\.labels: Invalid value$/) as string,
      });
    });

    test("records nothing where the API server gives no usable answer, since the kubeconfig may be wrong", async () => {
      server.intercept = () => failure(401, "");
      const failed = await provider.create(inputs()).catch((error: Failed) => error);
      expect(failed).toBeInstanceOf(Error);
      expect(failed).not.toHaveProperty("id");
      expect((failed as Failed).message).not.toContain("very-secret");
    });
  });

  describe("update", () => {
    test("records a new kubeconfig or timeout without any call", async () => {
      const news = inputs({ kubeconfig: server.kubeconfig + " ", drainTimeoutSeconds: 7 });
      expect(await provider.update("a", state(), news)).toEqual({ outs: { ...state(), ...news } });
      expect(server.calls).toEqual([]);
    });

    test("removes the marks it owned and no longer wants, and no others", async () => {
      registeredNode({ pool: "x", foreign: "1" });
      const { outs } = await provider.update("a", state(), inputs({ labels: { role: "db" }, taints: [] }));
      expect(server.nodes.get("a")?.metadata.labels).toEqual({
        "kubernetes.io/hostname": "a",
        foreign: "1",
        role: "db",
      });
      expect(server.nodes.get("a")?.spec?.taints).toEqual([]);
      expect(outs).toEqual(state({ labels: { role: "db" }, taints: [] }));
    });

    test("does not wait for Ready for labels alone", async () => {
      registeredNode({}, "False");
      await provider.update("a", state(), inputs({ labels: { role: "db" } }));
      expect(server.nodes.get("a")?.metadata.labels).toMatchObject({ role: "db" });
    });

    test.each<[string, Partial<NodeRegistrationInputs>]>([
      ["revision", { revision: "2" }],
      ["kubelet version", { kubeletVersion: "v1.38.0" }],
    ])("waits for Ready again after another %s", async (_what, change) => {
      registeredNode({}, "False");
      await expect(provider.update("a", state(), inputs(change))).rejects.toThrow("Ready condition is False");
    });

    test("says what to do where the Node is gone", async () => {
      await expect(provider.update("a", state(), inputs({ labels: {} }))).rejects.toThrow(
        /Node a is gone.*restart its kubelet/,
      );
    });
  });

  describe("read", () => {
    test("shows no difference where all is as recorded, and no foreign marks", async () => {
      registeredNode({ pool: "x", foreign: "1" });
      const { id, props, inputs: seen } = await provider.read("a", state());
      expect({ id, props, seen }).toEqual({ id: "a", props: state(), seen: inputs() });
    });

    test("shows changed and missing marks, and another kubelet, as differences of the inputs", async () => {
      const node = nodeObject("a", "True", "v1.36.0");
      server.putNode({ ...node, metadata: { ...node.metadata, labels: { pool: "theirs" } } });
      const { inputs: seen, props } = await provider.read("a", state());
      const drift = { labels: { pool: "theirs" }, taints: [], kubeletVersion: "v1.36.0" };
      expect(seen).toEqual(inputs(drift));
      expect(props).toEqual(state(drift));
    });

    test("gives no id for a Node that is gone", async () => {
      expect(await provider.read("a", state())).toEqual({ id: "" });
    });

    test("keeps a registration that never succeeded unfinished", async () => {
      registeredNode();
      const { inputs: seen, props } = await provider.read("a", state({ nodeUid: "" }));
      expect(seen).toMatchObject({ revision: "" });
      expect(props).toMatchObject({ revision: "", nodeUid: "" });
    });
  });

  describe("delete", () => {
    test("drains, then deletes the Node", async () => {
      registeredNode();
      server.putPod(podObject("web"));
      await provider.delete("a", state());
      expect(server.nodes.size + server.pods.size).toBe(0);
    });

    test("leaves the Node where its drain is blocked", async () => {
      registeredNode();
      server.putPod(podObject("web"));
      server.intercept = ({ method }) => (method === "POST" ? failure(429, "budget") : undefined);
      await expect(provider.delete("a", state({ drainTimeoutSeconds: 0.2 }))).rejects.toThrow("was not drained");
      expect(server.nodes.has("a")).toBe(true);
    });

    test("deletes without draining where the drain timeout is 0", async () => {
      registeredNode();
      server.putPod(podObject("web"));
      await provider.delete("a", state({ drainTimeoutSeconds: 0 }));
      expect(server.pathsOf("POST")).toEqual([]);
      expect(server.nodes.size).toBe(0);
    });

    test("succeeds where the Node is gone, also in the middle", async () => {
      await provider.delete("a", state());
      registeredNode();
      server.intercept = ({ method }) => {
        if (method === "DELETE") server.nodes.clear();
        return undefined;
      };
      await provider.delete("a", state());
    });
  });
});
