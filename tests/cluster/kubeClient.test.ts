import { openCluster } from "../../cluster/kubeClient";
import { failure, FakeApiServer, freePort, kubeconfigOf, nodeObject } from "./fakeApiServer";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const quick = { pollMs: 10, watchedPollMs: 60_000, requestMs: 300, unreachableMs: 1000, progressMs: 60_000 };

describe("the client of the API server", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(() => server.stop());

  test("tries again while the server is not able to answer", async () => {
    server.putNode(nodeObject("a", "True"));
    let failures = 2;
    server.intercept = () => (failures-- > 0 ? (failures === 1 ? "hang up" : failure(503, "starting")) : undefined);
    const cluster = await openCluster(server.kubeconfig, { ...quick, unreachableMs: 20_000 });
    expect((await cluster.getNode("a"))?.metadata?.uid).toBe("uid-of-a");
    expect(server.calls).toHaveLength(3);
  });

  test("gives up on a server that never answers, within bounds and naming it", async () => {
    server.intercept = () => "say nothing";
    const start = Date.now();
    const cluster = await openCluster(server.kubeconfig, quick);
    await expect(cluster.getNode("a")).rejects.toThrow(
      /^cannot read Node a at http:\/\/127\.0\.0\.1:\d+: .*timeout; tried for 1 s; is the API server up/,
    );
    expect(Date.now() - start).toBeLessThan(15_000);
  });

  test("gives up on a server that is down, naming the address and the reason", async () => {
    const cluster = await openCluster(kubeconfigOf(`https://127.0.0.1:${await freePort()}`), quick);
    await expect(cluster.getNode("a")).rejects.toThrow(
      /at https:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+; tried for 1 s/,
    );
  });

  test.each([
    [401, /401 Unauthorized; the kubeconfig's credentials are not accepted/],
    [403, /403 who are you; the kubeconfig has to be of an administrator/],
    [422, /422 who are you$/],
  ])("fails at once on %i, with the server's message and a way out", async (status, message) => {
    server.intercept = () => failure(status, "who are you");
    await expect((await openCluster(server.kubeconfig, quick)).getNode("a")).rejects.toThrow(message);
    expect(server.calls).toHaveLength(1);
  });

  test("repeats no credential in an error", async () => {
    const broken = [
      server.kubeconfig.slice(0, -5),
      "users: [ {token: very-secret-token",
      "very-secret-token",
      '{"a": "very-secret-token"}',
      "",
    ];
    for (const kubeconfig of broken) {
      const error = await openCluster(kubeconfig, quick).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(String((error as Error).stack)).not.toContain("very-secret");
      expect(String(error)).toMatch(/NodeRegistration.kubeconfig: \[secret\] is not a usable kubeconfig/);
    }
  });

  test("keeps its connections: one call after the other opens no new ones", async () => {
    server.putNode(nodeObject("a", "True"));
    const cluster = await openCluster(server.kubeconfig, quick);
    for (let i = 0; i < 20; i++) await cluster.getNode("a");
    expect(new Set(server.calls.map((call) => call.port)).size).toBeLessThan(3);
  });

  test("sends merge patches, and takes a Node or pod that is gone for deleted", async () => {
    server.putNode(nodeObject("a", "True"));
    const cluster = await openCluster(server.kubeconfig, quick);
    await cluster.patchNode("a", { metadata: { labels: { "example.com/a": "1" } } });
    expect(server.calls.at(-1)?.contentType).toBe("application/merge-patch+json");
    await cluster.deleteNode("a", "uid-of-a");
    await cluster.deleteNode("a", "uid-of-a");
    await cluster.evictPod("default", "gone");
    expect(await cluster.getNode("a")).toBeUndefined();
    expect(await cluster.getLeaseRenewTime("a")).toBeUndefined();
  });

  test("deletes no Node of another uid", async () => {
    server.putNode(nodeObject("a", "True"));
    const cluster = await openCluster(server.kubeconfig, quick);
    await expect(cluster.deleteNode("a", "uid-of-before")).rejects.toMatchObject({ status: 409 });
    expect(server.nodes.has("a")).toBe(true);
  });
});
