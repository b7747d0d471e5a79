import * as pulumi from "@pulumi/pulumi";
import { WorkerPool, type HostArgs, type WorkerPoolArgs } from "../../components";
import { recordResources, settled } from "../support/pulumiMocks";
import { hostKey, workerNodeArgs } from "../support/workerNodeArgs";

const { cluster, binaries } = workerNodeArgs;

function connection(index: number): { host: string; hostKey: string } {
  return { host: `10.0.0.1${index}`, hostKey: hostKey(index) };
}

function host(index: number): HostArgs {
  return { nodeName: `node-${index}`, connection: connection(index) };
}

function pool(name: string, hosts: HostArgs[], change: Partial<WorkerPoolArgs> = {}): WorkerPool {
  return new WorkerPool(name, { cluster, binaries: { amd64: binaries }, hosts, ...change });
}

describe("two pools of one program", () => {
  const other = { ...cluster, apiServerEndpoint: "https://10.9.0.1:6443", caCertPem: pulumi.output(cluster.caCertPem) };

  test.each<[string, Partial<HostArgs>, string]>([
    [
      "Node",
      { nodeName: "node-1" },
      'hosts[0].nodeName: "node-1" is that of hosts[0] of WorkerPool "a" too; write another',
    ],
    ["address", { connection: { ...connection(2), host: "10.0.0.11" } }, 'is that of hosts[0] of WorkerPool "a" too'],
    ["machine", { connection: { ...connection(2), hostKey: hostKey(1) } }, "then make new host keys on each but one"],
    ["nodeIP", { nodeIP: "10.7.0.1" }, 'hosts[0].nodeIP: "10.7.0.1" is that of hosts[0] of WorkerPool "a" too'],
  ])("cannot have one %s", async (_, same, expected) => {
    await recordResources();
    pool("a", [{ ...host(1), nodeIP: "10.7.0.1" }]);
    expect(() => pool("b", [{ ...host(2), ...same }])).toThrow(expected);
    await settled();
  });

  test("of one cluster cannot have two backends of flannel", async () => {
    await recordResources();
    pool("a", [host(1)], { cniMode: "flannel" });
    const hostGw = { cniMode: "flannel", flannelBackend: "host-gw" } as const;
    expect(() => pool("b", [host(2)], hostGw)).toThrow(
      'flannelBackend: "host-gw" is not that of other nodes ("vxlan", flannelBackend of WorkerPool "a")',
    );
    expect(() => pool("c", [host(3)], { ...hostGw, cniMode: "none" })).not.toThrow();
    expect(() => pool("d", [host(4)], { ...hostGw, cluster: other })).not.toThrow();
    expect(() => pool("e", [host(5)], { cniMode: "flannel" })).not.toThrow();
    await settled();
  });

  test("may have Nodes of one name in two clusters, by other names of the resources", async () => {
    const registered = await recordResources();
    pool("a", [host(1)]);
    const second = { ...host(2), nodeName: "node-1" };
    expect(() => pool("b", [second], { cluster: other })).toThrow(
      /hosts\[0\]\.nodeName: "node-1" is that of hosts\[0\] of WorkerPool "a" too, in another cluster, .* resourceNamePrefix, e\.g\. "rack-2-"/,
    );
    expect(
      Object.keys(pool("c", [{ ...host(3), nodeName: "node-1" }], { cluster: other, resourceNamePrefix: "c-" }).nodes),
    ).toEqual(["node-1"]);
    await settled();
    expect(registered.filter(({ custom }) => custom).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["node-1-kubelet", "c-node-1-kubelet"]),
    );
  });

  test("of two clusters are so also where each node asks its own proxy", async () => {
    await recordResources();
    const proxied = { ...cluster, apiServers: ["10.0.0.10:6443"], apiServerEndpoint: "https://127.0.0.1:8443" };
    const another = { ...proxied, caCertPem: pulumi.output(cluster.caCertPem) };
    pool("a", [host(1)], { cluster: proxied });
    const second = { ...host(2), nodeName: "node-1" };
    expect(() => pool("b", [second], { cluster: another })).toThrow('WorkerPool "a" too, in another cluster');
    await settled();
  });

  test("are forgotten when the next program begins", async () => {
    for (let run = 0; run < 2; run++) {
      await recordResources();
      expect(() => pool("a", [host(1)])).not.toThrow();
      await settled();
    }
  });
});
