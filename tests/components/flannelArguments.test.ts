import { WorkerNode } from "../../components";
import { recordResources, settled } from "../support/pulumiMocks";
import { workerNodeArgs } from "../support/workerNodeArgs";

const { cluster, binaries } = workerNodeArgs;
const flannel = { cniMode: "flannel" } as const;

describe("arguments of a node with flannel", () => {
  test.each<[string, object, string]>([
    ["another backend", { flannelBackend: "udp" }, 'flannelBackend: "udp" is not one of the known words'],
    [
      "an MTU that is no number",
      { podNetworkMTU: "big" },
      'podNetworkMTU: "big" is not a whole number from 1280 to 65485',
    ],
    [
      "no certificate",
      { cluster: { ...cluster, flannelCertificate: undefined } },
      'cluster.flannelCertificate: is required with cniMode "flannel"; give that of ClusterBootstrap',
    ],
    [
      "no plugin",
      { binaries: { ...binaries, flannelCniPlugin: undefined } },
      'binaries.flannelCniPlugin: is required with cniMode "flannel"',
    ],
    [
      "no archive of the plugins that it calls",
      { binaries: { ...binaries, cniPlugins: undefined } },
      'binaries.cniPlugins: is required with cniMode "flannel"',
    ],
  ])("are refused with %s", async (_case, change, expected) => {
    const registered = await recordResources();
    expect(() => new WorkerNode("a", { ...workerNodeArgs, ...flannel, ...change })).toThrow(expected);
    await settled();
    expect(registered).toEqual([]);
  });
});
