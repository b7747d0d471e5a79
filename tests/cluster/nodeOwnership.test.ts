import { openCluster, type ClusterClient } from "../../cluster/kubeClient";
import { lookAtNode, nodesOfMachine, retireNode } from "../../cluster/nodeOwnership";
import { failure, FakeApiServer, machineIdOf, nodeObject, podObject } from "./fakeApiServer";
import { ofClaim } from "./registrationScene";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const quick = { pollMs: 10, watchedPollMs: 60_000, requestMs: 1000, unreachableMs: 1000, progressMs: 60_000 };

describe("whose a Node is", () => {
  let server: FakeApiServer;
  let cluster: ClusterClient;
  let said: unknown[];
  beforeEach(async () => {
    server = await FakeApiServer.start();
    cluster = await openCluster(server.kubeconfig, quick);
    said = [];
    jest.spyOn(console, "log").mockImplementation((line) => void said.push(line));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.stop();
  });

  function putNode(name: string, annotations: Record<string, string> = {}, ready: "True" | "False" = "True") {
    const node = nodeObject(name, ready);
    return server.putNode({ ...node, metadata: { ...node.metadata, annotations } });
  }

  describe("lookAtNode", () => {
    test("finds none", async () => {
      expect(await lookAtNode(cluster, "a", machineIdOf("a"))).toEqual({ is: "absent" });
    });

    test("finds the machine's own, and what it says of its claim", async () => {
      putNode("a");
      expect(await lookAtNode(cluster, "a", machineIdOf("a"))).toEqual({ is: "ours", uid: "uid-of-a" });
      putNode("a", ofClaim("1", "org/project/other"));
      expect(await lookAtNode(cluster, "a", machineIdOf("a"))).toMatchObject({
        claim: "1",
        owner: "org/project/other",
      });
    });

    test("finds another machine's, whether it is Ready, and its claim", async () => {
      putNode("a", ofClaim("1", "org/project/other"));
      expect(await lookAtNode(cluster, "a", "machine-2")).toEqual({
        is: "other",
        machineId: machineIdOf("a"),
        ready: true,
        claim: "1",
        owner: "org/project/other",
      });
      putNode("a", {}, "False");
      expect(await lookAtNode(cluster, "a", "machine-2")).toEqual({
        is: "other",
        machineId: machineIdOf("a"),
        ready: false,
      });
    });

    test("takes a Node without machine-id for nobody's, also where the host's is empty", async () => {
      const node = nodeObject("a", "True");
      server.putNode({ ...node, status: { ...node.status, nodeInfo: { kubeletVersion: "v1.37.2", machineID: "" } } });
      expect(await lookAtNode(cluster, "a", "")).toEqual({ is: "other", machineId: "", ready: true });
    });
  });

  describe("retireNode", () => {
    test.each<[string, object]>([
      ["the machine's", { machineId: machineIdOf("a") }],
      ["the claim's", { claim: "1" }],
      ["the claim's, although another machine has it", { claim: "1", machineId: "machine-2" }],
    ])("drains and deletes a Node that is %s", async (_what, known) => {
      putNode("a", ofClaim("1"));
      server.putPod(podObject("web"));
      const done = await retireNode(cluster, { nodeName: "a", ...known }, 5);
      expect(done).toEqual({ retired: true, words: "Node a was deleted" });
      expect(server.nodes.size + server.pods.size).toBe(0);
    });

    test.each<[string, object]>([
      ["another machine's and claim's", { machineId: "machine-2", claim: "2" }],
      ["anybody's, where nothing is known of the one meant", { machineId: "", claim: "" }],
    ])("leaves a Node alone that is %s, and says so", async (_what, known) => {
      const before = putNode("a", ofClaim("1"));
      const words = "Node a is left alone: it is machine machine-of-a's, held by stack org/project/stack (claim 1)";
      expect(await retireNode(cluster, { nodeName: "a", ...known }, 5)).toEqual({ retired: false, words });
      expect(server.nodes.get("a")).toEqual(before);
      expect(said).toEqual([words]);
    });

    test("does not take a Node without claim for that of an unknown claim", async () => {
      putNode("a");
      expect(await retireNode(cluster, { nodeName: "a", claim: "" }, 5)).toMatchObject({ retired: false });
      expect(server.nodes.has("a")).toBe(true);
    });

    test("leaves a Node alone that comes under the name in the middle", async () => {
      putNode("a");
      server.intercept = ({ method }) => {
        const other = nodeObject("a", "True");
        if (method === "DELETE") server.putNode({ ...other, metadata: { ...other.metadata, uid: "uid-2" } });
        return undefined;
      };
      expect(await retireNode(cluster, { nodeName: "a", machineId: machineIdOf("a") }, 0)).toMatchObject({
        retired: false,
      });
      expect(server.nodes.get("a")?.metadata.uid).toBe("uid-2");
    });

    test("has nothing to do where there is none", async () => {
      const done = await retireNode(cluster, { nodeName: "a", machineId: machineIdOf("a") }, 5);
      expect(done).toEqual({ retired: false, words: "there is no Node a" });
    });

    test("fails where its drain is blocked, and leaves it", async () => {
      putNode("a");
      server.putPod(podObject("web"));
      server.intercept = ({ method }) => (method === "POST" ? failure(429, "budget") : undefined);
      await expect(retireNode(cluster, { nodeName: "a", machineId: machineIdOf("a") }, 0.1)).rejects.toThrow(
        "was not drained",
      );
      expect(server.nodes.has("a")).toBe(true);
    });
  });

  test("nodesOfMachine names each Node of a machine", async () => {
    for (const name of ["c", "a", "b"]) putNode(name);
    const clone = nodeObject("0-clone", "True");
    const nodeInfo = { kubeletVersion: "v1.37.2", machineID: machineIdOf("b") };
    server.putNode({ ...clone, status: { ...clone.status, nodeInfo } });
    expect(await nodesOfMachine(cluster, machineIdOf("b"))).toEqual(["0-clone", "b"]);
    expect(await nodesOfMachine(cluster, "machine-2")).toEqual([]);
    expect(await nodesOfMachine(cluster, "")).toEqual([]);
  });
});
