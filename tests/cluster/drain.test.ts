import { drain } from "../../cluster/drain";
import { openCluster } from "../../cluster/kubeClient";
import { failure, FakeApiServer, nodeObject, podObject } from "./fakeApiServer";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const quick = { pollMs: 10, watchedPollMs: 60_000, requestMs: 1000, unreachableMs: 1000, progressMs: 60_000 };
const budget = failure(429, "Cannot evict pod as it would violate the pod's disruption budget.", [
  { reason: "DisruptionBudget", message: "The disruption budget web-budget needs 2 healthy pods and has 2 currently" },
]);

describe("drain", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(() => server.stop());

  async function drainNode(timeoutSeconds: number): Promise<void> {
    const cluster = await openCluster(server.kubeconfig, quick);
    const node = await cluster.getNode("a");
    if (!node) throw new Error("no Node in the fake");
    await drain(cluster, node, timeoutSeconds);
  }
  const evictions = () => server.pathsOf("POST");

  test("cordons first, then evicts all but static pods, pods of DaemonSets and ended ones", async () => {
    server.putNode(nodeObject("a", "True"));
    server.putPod(podObject("app"));
    server.putPod(podObject("alone", { ownerReferences: [] }));
    server.putPod(podObject("static", { annotations: { "kubernetes.io/config.mirror": "x" } }));
    server.putPod(
      podObject("agent", {
        ownerReferences: [{ kind: "DaemonSet", controller: true, name: "d", uid: "1", apiVersion: "apps/v1" }],
      }),
    );
    server.putPod(podObject("done", {}, "Succeeded"));
    await drainNode(5);
    expect(server.nodes.get("a")?.spec?.unschedulable).toBe(true);
    expect(server.calls.findIndex((call) => call.method === "PATCH")).toBeLessThan(
      server.calls.findIndex((call) => call.method === "POST"),
    );
    expect(evictions().sort()).toEqual([
      "/api/v1/namespaces/default/pods/alone/eviction",
      "/api/v1/namespaces/default/pods/app/eviction",
    ]);
  });

  test("waits for a budget that frees up, and evicts then", async () => {
    server.putNode(nodeObject("a", "True"));
    server.putPod(podObject("web"));
    let refusals = 3;
    server.intercept = ({ method }) => (method === "POST" && refusals-- > 0 ? budget : undefined);
    await drainNode(5);
    expect(evictions()).toHaveLength(4);
    expect(server.pods.size).toBe(0);
  });

  test("fails on a Ready node in time, names pod and budget, and uncordons", async () => {
    server.putNode(nodeObject("a", "True"));
    server.putPod(podObject("web"));
    server.intercept = ({ method }) => (method === "POST" ? budget : undefined);
    const start = Date.now();
    await expect(drainNode(0.3)).rejects.toThrow(
      /^Node a was not drained within 0\.3 s \(drainTimeoutSeconds\) and is uncordoned again[^]*pod default\/web: .*disruption budget web-budget needs 2/,
    );
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(server.nodes.get("a")?.spec).not.toHaveProperty("unschedulable");
  });

  test("leaves a node cordoned that was so before", async () => {
    server.putNode({ ...nodeObject("a", "True"), spec: { unschedulable: true } });
    server.putPod(podObject("web"));
    server.intercept = ({ method }) => (method === "POST" ? budget : undefined);
    await expect(drainNode(0.1)).rejects.toThrow("was not drained");
    expect(server.nodes.get("a")?.spec?.unschedulable).toBe(true);
  });

  test("waits for pods that are ending, and names them when they do not", async () => {
    server.putNode(nodeObject("a", "True"));
    server.putPod(podObject("slow", { deletionTimestamp: new Date(0).toISOString() }));
    await expect(drainNode(0.1)).rejects.toThrow("pod default/slow: is being terminated and has not ended");
    expect(evictions()).toEqual([]);
    setTimeout(() => server.pods.clear(), 200);
    await drainNode(5);
  });

  test("lets a node go that is not Ready, after the timeout where a budget holds its pods", async () => {
    server.putNode(nodeObject("a", "False"));
    server.putPod(podObject("web"));
    server.intercept = ({ method }) => (method === "POST" ? budget : undefined);
    const start = Date.now();
    await drainNode(0.5);
    expect(Date.now() - start).toBeGreaterThan(450);
  });

  test("does not wait for pods to end where no kubelet is there to end them", async () => {
    server.putNode(nodeObject("a", "Unknown"));
    server.putPod(podObject("stuck", { deletionTimestamp: new Date(0).toISOString() }));
    const start = Date.now();
    await drainNode(20);
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  test("ends where the Node goes away meanwhile", async () => {
    server.putNode(nodeObject("a", "True"));
    server.putPod(podObject("web"));
    server.intercept = ({ method }) => {
      if (method === "POST") server.nodes.delete("a");
      return method === "POST" ? budget : undefined;
    };
    await drainNode(20);
    expect(evictions()).toHaveLength(1);
  });

  test("touches nothing of a Node that came under the same name meanwhile", async () => {
    server.putNode(nodeObject("a", "True"));
    server.putPod(podObject("web"));
    const other = nodeObject("a", "True");
    server.intercept = ({ method }) => {
      if (method === "POST") server.putNode({ ...other, metadata: { ...other.metadata, uid: "uid-of-another" } });
      return method === "POST" ? budget : undefined;
    };
    await drainNode(20);
    expect(evictions()).toHaveLength(1);
    expect(server.nodes.get("a")?.spec).not.toHaveProperty("unschedulable");
  });

  test("says what works to give it up, for a host in the list and for one that is out of it", async () => {
    server.putNode(nodeObject("a", "True"));
    server.putPod(podObject("web"));
    server.intercept = ({ method }) => (method === "POST" ? budget : undefined);
    await expect(drainNode(0.1)).rejects.toThrow(
      /set drainTimeoutSeconds to 0 and run `up` first; where the host is out of the list already, put the host back into the list, set drainTimeoutSeconds to 0, run `up`, and take it out again\.$/,
    );
  });
});
