import { WorkerPool } from "../../components";
import type { HostArgs, WorkerPoolArgs } from "../../components";
import type { Registered } from "../support/pulumiMocks";
import { recordResources, settled } from "../support/pulumiMocks";
import { hostKey, workerNodeArgs } from "../support/workerNodeArgs";

const { cluster, binaries } = workerNodeArgs;

function host(nodeName: string, arch?: "amd64" | "arm64"): HostArgs {
  return { nodeName, arch, connection: { host: `${nodeName}.example`, hostKey: hostKey(nodeName.charCodeAt(0)) } };
}

async function register(hosts: HostArgs[], change: Partial<WorkerPoolArgs> = {}): Promise<Registered[]> {
  const registered = await recordResources();
  new WorkerPool("pool", { cluster, binaries: { amd64: binaries }, hosts, ...change });
  await settled();
  return registered.filter(({ custom }) => custom);
}

describe("a WorkerPool", () => {
  it("names everything by the node, so that the order of the list means nothing", async () => {
    const byName = (a: Registered, b: Registered): number => a.name.localeCompare(b.name);
    const forth = (await register([host("a"), host("b")])).sort(byName);
    const back = (await register([host("b"), host("a")])).sort(byName);
    expect(back).toEqual(forth);
    expect(forth).toHaveLength(16);
  });

  it("gives the resources of a node the same inputs whoever else is in the pool", async () => {
    const ofA = (registered: Registered[]): Registered[] => registered.filter(({ name }) => name.startsWith("a-"));
    expect(ofA(await register([host("a"), host("b"), host("c")]))).toEqual(ofA(await register([host("a")])));
  });

  it("installs the binaries of the host's architecture", async () => {
    const arm64 = { ...binaries, kubelet: { source: "bin/arm64/kubelet", sha256: "4".repeat(64) } };
    const registered = await register([host("a"), host("b", "arm64")], { binaries: { amd64: binaries, arm64 } });
    const installed = registered.find(({ name }) => name === "b-binaries")?.inputs["programs"];
    expect(installed).toHaveProperty(["/opt/kubernetes/bin/1.37.2-444444444444/kubelet"], arm64.kubelet);
  });

  it("refuses a host whose architecture has no binaries, naming both", async () => {
    await recordResources();
    expect(
      () => new WorkerPool("pool", { cluster, binaries: { amd64: binaries }, hosts: [host("b", "arm64")] }),
    ).toThrow(/^WorkerPool "pool": 1 error in its arguments:\n {2}binaries\.arm64: .*because hosts\[0\] is arm64; /);
  });
});
