import type * as pulumiMocks from "../support/pulumiMocks";
import type { Registered } from "../support/pulumiMocks";
import { secretKeys } from "../../settings/schema";
import { publicKeyLine, selfSigned, testConfiguration, type TestConfiguration } from "../settings/testConfiguration";

// One for all: it makes a new SSH key each time.
let valid: TestConfiguration;

beforeAll(async () => {
  valid = testConfiguration(await selfSigned(true));
});

/** What the stack program registers with these settings laid over valid ones. */
async function registeredWith(settings: Record<string, unknown>): Promise<Registered[]> {
  let registered: Registered[] = [];
  await jest.isolateModulesAsync(async () => {
    const { runtime } = await import("@pulumi/pulumi");
    const mocks = jest.requireActual<typeof pulumiMocks>("../support/pulumiMocks");
    const all = Object.entries({ ...valid, ...settings }).map(([key, value]) => [
      `kubernetes-worker-nodes:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    registered = await mocks.recordResources();
    runtime.setAllConfig(
      Object.fromEntries(all) as Record<string, string>,
      secretKeys.map((key) => `kubernetes-worker-nodes:${key}`),
    );
    await jest.requireActual<() => Promise<unknown>>("../../index")();
    await mocks.settled();
  });
  return registered;
}

const names = (registered: Registered[]): string[] => registered.map(({ type, name }) => `${type} ${name}`).sort();
/** Without secret files: kube-proxy's certificate is made anew for each program. */
const inputsOf = (registered: Registered[], name: string): string =>
  JSON.stringify(
    registered.filter((one) => one.name === name && one.type.includes("SystemdService")),
    (key, value: unknown) => (key === "secretFiles" ? undefined : value),
  );

const hosts = [1, 2].map((at) => ({
  name: `node-${at}`,
  address: `10.231.0.1${at}`,
  hostKey: publicKeyLine("ssh-ed25519", at),
}));

describe("the stack program", () => {
  test("names nodes by the Node alone: a pool around hosts that had none moves nothing but the pool", async () => {
    const flat = names(await registeredWith({ hosts }));
    const pooled = names(await registeredWith({ hosts: [], pools: { rack: { hosts } } }));
    const type = "kubernetes-worker-nodes:index:WorkerPool";
    expect(flat.filter((name) => !pooled.includes(name))).toEqual([`${type} pool`]);
    expect(pooled.filter((name) => !flat.includes(name))).toEqual([`${type} rack`]);
  });

  test("gives a host with something of its own the same resources, and only what it has otherwise", async () => {
    const before = await registeredWith({ hosts });
    const own = hosts.map((host, at) => (at === 0 ? { ...host, kubeletConfiguration: { maxPods: 30 } } : host));
    const after = await registeredWith({ hosts: own });
    expect(names(after)).toEqual(names(before));
    expect(inputsOf(after, "node-1-kubelet")).toContain("maxPods: 30");
    expect(inputsOf(after, "node-2-kubelet")).toBe(inputsOf(before, "node-2-kubelet"));
    expect(inputsOf(after, "node-1-kube-proxy")).toBe(inputsOf(before, "node-1-kube-proxy"));
  });

  test("makes each pool's nodes of its release and in its modes", async () => {
    const sha256 = "d".repeat(64);
    const [first, second] = hosts;
    const old = {
      ...{ kubernetesVersion: "1.36.3", kubeProxyMode: "iptables", hosts: [second] },
      binaries: { amd64: { kubelet: { sha256 }, kubeProxy: { sha256 } } },
    };
    const registered = await registeredWith({ hosts: [first], pools: { old } });
    expect(inputsOf(registered, "node-1-kubelet")).toContain("/opt/kubernetes/bin/1.37.2-aaaaaaaaaaaa/kubelet");
    expect(inputsOf(registered, "node-2-kubelet")).toContain("/opt/kubernetes/bin/1.36.3-dddddddddddd/kubelet");
    expect(inputsOf(registered, "node-2-kube-proxy")).toContain("mode: iptables");
    const binaries = registered.find(({ name }) => name === "node-2-binaries")?.inputs["programs"];
    expect(JSON.stringify(binaries)).toContain("https://dl.k8s.io/v1.36.3/bin/linux/amd64/kubelet");
  });
});
