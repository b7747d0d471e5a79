import { openCluster } from "../../cluster/kubeClient";
import { podCIDRMismatch } from "../../cluster/nodeOwnership";
import { failure, FakeApiServer, nodeObject } from "./fakeApiServer";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const quick = { pollMs: 10, watchedPollMs: 60_000, requestMs: 1000, unreachableMs: 1000, progressMs: 60_000 };

describe("podCIDRMismatch", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(() => server.stop());

  const cases: [string, string[][], string, string | undefined][] = [
    ["no Nodes", [], "10.2.0.0/16", undefined],
    ["Nodes without ranges", [[]], "10.2.0.0/16,fd00:2::/48", undefined],
    ["ranges inside", [["10.2.1.0/24"], [], ["10.2.255.0/24"]], "10.2.0.0/16", undefined],
    ["a Node that has the whole range", [["10.2.0.0/16"]], "10.2.0.0/16", undefined],
    ["both families", [["10.2.1.0/24", "fd00:2:0:1::/64"]], "fd00:2::/48, 10.2.0.0/16", undefined],
    [
      "a range outside",
      [["10.2.1.0/24"], ["10.244.1.0/24"]],
      "10.2.0.0/16",
      "Node node-1 has 10.244.1.0/24, which is outside of clusterCIDR 10.2.0.0/16",
    ],
    [
      "a range that is larger",
      [["10.0.0.0/8"]],
      "10.0.0.0/16",
      "Node node-0 has 10.0.0.0/8, which is outside of clusterCIDR 10.0.0.0/16",
    ],
    [
      "a family that clusterCIDR does not have",
      [["10.2.1.0/24", "fd00:2:0:1::/64"]],
      "10.2.0.0/16",
      "Node node-0 has fd00:2:0:1::/64, which is outside of clusterCIDR 10.2.0.0/16",
    ],
    [
      "a family that no Node has",
      [["10.2.1.0/24"], ["10.2.2.0/24"]],
      "10.2.0.0/16,fd00:2::/48",
      "clusterCIDR has IPv6 range fd00:2::/48, but the cluster gives IPv4 ranges only (Node node-0 has 10.2.1.0/24)",
    ],
  ];
  test.each(cases)("%s", async (_what, ranges, clusterCIDR, words) => {
    ranges.forEach((podCIDRs, index) => server.putNode({ ...nodeObject(`node-${index}`, "True"), spec: { podCIDRs } }));
    expect(await podCIDRMismatch(await openCluster(server.kubeconfig, quick), clusterCIDR)).toBe(words);
  });

  test("lists the Nodes once for all hosts, and again after a failure", async () => {
    const cluster = await openCluster(server.kubeconfig, quick);
    server.intercept = () => failure(403, "no");
    await expect(podCIDRMismatch(cluster, "10.2.0.0/16")).rejects.toThrow("cannot list the Nodes");
    server.intercept = () => undefined;
    await Promise.all([1, 2, 3].map(() => podCIDRMismatch(cluster, "10.2.0.0/16")));
    expect(server.calls).toHaveLength(2);
  });

  test("refuses what is no range", async () => {
    const cluster = await openCluster(server.kubeconfig, quick);
    await expect(podCIDRMismatch(cluster, "10.2.0.0")).rejects.toThrow('"10.2.0.0" is not a range of addresses');
  });
});
