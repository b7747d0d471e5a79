import { parseSettings, type Settings } from "../../settings";
import { changed, errorsAfter, publicKeyLine, selfSigned, testConfiguration, type KeyPair } from "./testConfiguration";

let ca: KeyPair;

beforeAll(async () => {
  ca = await selfSigned(true);
});

const hostOf = (name: string, fill: number, more: object = {}) => ({
  name,
  address: `10.231.0.${fill}`,
  hostKey: publicKeyLine("ssh-ed25519", fill),
  ...more,
});

/** The settings of the valid configuration with these pools beside its hosts. */
function withPools(pools: Record<string, unknown>, more: Record<string, unknown> = {}): Settings | undefined {
  const { settings, errors } = parseSettings(changed(ca, (c) => Object.assign(c, { pools, ...more })));
  expect(errors).toEqual([]);
  return settings;
}

describe("what a host says goes before what its pool says, and that before what the stack says", () => {
  test("for overrides field by field, for lists and single values as a whole", () => {
    const settings = withPools(
      {
        gpu: {
          kubeletConfiguration: { maxPods: 60, systemReserved: { memory: "2Gi" } },
          taints: ["a=b:NoSchedule"],
          labels: { pool: "gpu", rack: "r1" },
          sshUser: "admin",
          hosts: [
            hostOf("gpu-1", 41),
            hostOf("gpu-2", 42, {
              kubeletConfiguration: { maxPods: 30, containerLogMaxFiles: null },
              taints: ["c:NoExecute"],
              labels: { rack: "r2" },
              user: "root",
            }),
          ],
        },
      },
      { kubeletConfiguration: { containerLogMaxFiles: 3, systemReserved: { cpu: "200m" } } },
    );
    const [flat, gpu] = settings?.pools ?? [];
    expect(flat?.node.kubeletConfiguration).toEqual({ containerLogMaxFiles: 3, systemReserved: { cpu: "200m" } });
    const reserved = { cpu: "200m", memory: "2Gi" };
    expect(gpu?.node.kubeletConfiguration).toEqual({ maxPods: 60, containerLogMaxFiles: 3, systemReserved: reserved });
    const [first, second] = gpu?.hosts ?? [];
    expect(first).toMatchObject({
      labels: { pool: "gpu", rack: "r1" },
      taints: [{ key: "a" }],
      ssh: { user: "admin" },
    });
    expect(first?.own).toBeUndefined();
    expect(second).toMatchObject({
      labels: { pool: "gpu", rack: "r2" },
      taints: [{ key: "c" }],
      ssh: { user: "root" },
    });
    expect(second?.own?.kubeletConfiguration).toEqual({
      maxPods: 30,
      containerLogMaxFiles: null,
      systemReserved: reserved,
    });
  });

  test("for versions, modes, binaries and how hosts are reached", () => {
    const sha256 = "d".repeat(64);
    const settings = withPools({
      old: {
        kubernetesVersion: "1.36.3",
        binaries: { amd64: { kubelet: { sha256 }, kubeProxy: { sha256 } } },
        cniMode: "none",
        kubeProxyMode: "iptables",
        sshPort: 2222,
        hosts: [hostOf("old-1", 51), hostOf("old-2", 52, { kubeProxyMode: "nftables", sshPassword: "x" })],
      },
    });
    const old = settings?.pools[1];
    expect(old?.node).toMatchObject({ kubernetesVersion: "1.36.3", cniMode: "none", kubeProxyMode: "iptables" });
    expect(old?.node.binaries.amd64?.kubelet).toEqual({ sha256 });
    expect(old?.node.binaries.amd64?.cniPlugins?.sha256).toBe("c".repeat(64));
    expect(old?.hosts[1]).toMatchObject({
      ssh: { port: 2222, password: "x" },
      own: { kubeProxyMode: "nftables", cniMode: "none", kubernetesVersion: "1.36.3" },
    });
  });
});

test("pools alone are enough", () => {
  const settings = withPools({ general: { hosts: [hostOf("a", 61)] } }, { hosts: [] });
  expect(settings?.pools.map(({ name }) => name)).toEqual(["general"]);
});

describe("errors name the place that says it", () => {
  const sha256 = "d".repeat(64);
  test.each<[string, object, string]>([
    [
      "another's address",
      { gpu: { hosts: [hostOf("node-1", 70)] } },
      'pools.gpu.hosts[0].name: "node-1" is that of hosts[0] too',
    ],
    [
      "a field of the pool's overrides",
      { gpu: { kubeletConfiguration: { maxPod: 1 }, hosts: [hostOf("a", 70)] } },
      "pools.gpu.kubeletConfiguration.maxPod",
    ],
    [
      "a field of a host's overrides",
      { gpu: { hosts: [hostOf("a", 70, { kubeletConfiguration: { maxPods: -1 } })] } },
      "pools.gpu.hosts[0].kubeletConfiguration.maxPods",
    ],
    ["a misspelled key", { gpu: { kubeletConfiguraton: {}, hosts: [] } }, 'did you mean "kubeletConfiguration"?'],
    ["a pool's name", { "GPU!": { hosts: [hostOf("a", 70)] } }, 'pools["GPU!"]: (not shown) is no name of a pool'],
    [
      "the name of the hosts in none",
      { pool: { hosts: [hostOf("a", 70)] } },
      "pools.pool: (not shown) is how the hosts",
    ],
    [
      "an arch without files",
      { arm: { arch: "arm64", hosts: [hostOf("a", 70)] } },
      "binaries.arm64: (not set) is required",
    ],
    [
      "another release with the stack's checksums",
      { old: { kubernetesVersion: "1.36.3", hosts: [hostOf("a", 70)] } },
      'pools.old.kubernetesVersion: "1.36.3" is another release than that of the checksums',
    ],
    [
      "another release with one new checksum only",
      { old: { kubernetesVersion: "1.36.3", binaries: { amd64: { kubelet: { sha256 } } }, hosts: [hostOf("a", 70)] } },
      "write beside it binaries.amd64.kubeProxy.sha256",
    ],
    [
      "a passphrase that is missing for the pool's own key",
      { gpu: { sshPrivateKeyPassword: "x", sshPrivateKey: null, hosts: [hostOf("a", 70)] } },
      "pools.gpu.sshPrivateKey",
    ],
    [
      "CNI plugins that the pool's mode needs",
      { gpu: { hosts: [hostOf("a", 70, { cniMode: "x" })] } },
      'cniMode: "x" is not',
    ],
  ])("%s", (_what, pools, expected) => {
    const errors = errorsAfter(ca, (c) => Object.assign(c, { pools }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  test("once, however many hosts it holds for", () => {
    const hosts = Array.from({ length: 50 }, (_, at) => hostOf(`a-${at}`, 70 + at));
    const errors = errorsAfter(ca, (c) => Object.assign(c, { pools: { gpu: { hosts, cniMode: "none", sshPort: 0 } } }));
    expect(errors).toEqual([expect.stringMatching(/^pools\.gpu\.sshPort: 0 is not a whole number/)]);
  });

  test("and never shows a credential of a pool", () => {
    const errors = errorsAfter(ca, (c) =>
      Object.assign(c, { pools: { gpu: { sshPrivateKey: "HUSH", hosts: [hostOf("a", 70)] } } }),
    );
    expect(errors).toHaveLength(1);
    expect(errors.join()).not.toContain("HUSH");
  });
});

test("a configuration as it was before pools stands for the same nodes", () => {
  const { settings } = parseSettings({ ...testConfiguration(ca), pools: {}, hostsFile: "", clusterStackOutputs: {} });
  expect(settings?.pools.map(({ name, hosts }) => [name, hosts.map((host) => [host.name, host.own])])).toEqual([
    [
      "pool",
      [
        ["node-1", undefined],
        ["node-2", undefined],
      ],
    ],
  ]);
});
