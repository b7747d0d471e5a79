import { parseSettings } from "../../settings";
import {
  hostsOf,
  changed,
  errorsAfter,
  publicKeyLine,
  selfSigned,
  type KeyPair,
  type TestConfiguration,
} from "./testConfiguration";

let ca: KeyPair;

beforeAll(async () => {
  ca = await selfSigned(true);
});

/** Sets a value of the first host. */
function onHost(key: string, value: unknown) {
  return (configuration: TestConfiguration) => {
    configuration.hosts[0] = { ...configuration.hosts[0], [key]: value };
  };
}

describe("each rule names the place, the value and what to write", () => {
  it.each<[string, unknown, string]>([
    [
      "kubernetesVersion",
      "v1.37.2",
      'kubernetesVersion: "v1.37.2" is not a release number of three parts; write e.g. "1.37.2"',
    ],
    ["kubernetesVersion", "1.37", 'kubernetesVersion: "1.37" is not a release number'],
    ["kubernetesVersion", "1.33.9", "is not of a supported release, 1.34 to 1.37; write one"],
    ["kubernetesVersion", "1.38.0", "is not of a supported release"],
    ["clusterName", "my cluster", "clusterName: "],
    ["apiServerEndpoint", "10.231.0.1:6443", "apiServerEndpoint: "],
    ["apiServerEndpoint", "http://10.231.0.1:6443", "does not use https"],
    ["apiServerEndpoint", "https://10.231.0.1:6443/api", "has a path"],
    ["apiServerEndpoint", "https://10.0.0.300:6443", "is not a URL"],
    ["apiServerEndpoint", "https://0.0.0.0:6443", "names no server"],
    ["clusterCIDR", "10.2.0.0/016", "is not a CIDR"],
    ["clusterCIDR", "fe80::%eth0/64", "is not a CIDR"],
    ["clusterDNS", ["::ffff:10.1.0.2"], 'write "10.1.0.2"'],
    ["clusterDNS", ["fe80::1%eth0"], "is not an IP address"],
    ["caCertPem", "ca.crt", "is not a readable PEM certificate"],
    ["clusterCIDR", "10.2.0.1/16", 'clusterCIDR: "10.2.0.1/16" has bits set after its prefix; write "10.2.0.0/16"'],
    ["clusterCIDR", "fd00::1/64", 'write "fd00::/64"'],
    ["clusterCIDR", "10.2/16", "is not a CIDR"],
    ["clusterCIDR", "10.2.0.0/16, fd00::/64", "is not a CIDR"],
    ["clusterCIDR", "10.2.0.0/16,10.3.0.0/16", "is more than one range of a family"],
    ["clusterDNS", "10.1.0.2", "clusterDNS: "],
    ["clusterDNS", [], "clusterDNS: (not set) is required"],
    ["clusterDNS", ["10.1.0"], 'clusterDNS[0]: "10.1.0" is not an IP address'],
    ["clusterDNS", ["127.0.0.53"], "is a loopback address"],
    ["clusterDNS", ["10.2.0.2"], 'clusterDNS[0]: "10.2.0.2" is inside clusterCIDR (10.2.0.0/16)'],
    ["clusterDomain", "cluster.local.", 'ends with a dot; write "cluster.local"'],
    ["clusterDomain", "Cluster", "is not a DNS domain"],
    ["sshPort", "70000", "is not a whole number from 1 to 65535"],
    ["sshUser", "-oProxyCommand=x", "is not a user name"],
    ["hosts", { name: "node-1" }, "is not a list"],
    ["hosts", ["node-1"], 'hosts[0]: "node-1" is not an object'],
    ["kubeProxyMode", "userspace", 'is not one of the known words; write "nftables" or "iptables" or "ipvs" or "none"'],
    [
      "kubeProxyConfiguration",
      { iptables: { localhostNodePorts: true } },
      'has no effect with kubeProxyMode "nftables", which answers no NodePort at 127.0.0.1; remove it',
    ],
    ["cniMode", "calico", 'is not one of the known words; write "bridge" or "flannel" or "none"'],
    ["sandboxImage", "https://registry.k8s.io/pause", "is not an image reference"],
    ["nodeReadyTimeoutSeconds", "5m", "is not a whole number"],
    ["drainTimeoutSeconds", -1, "is not a whole number"],
    ["binaries", {}, "binaries.amd64: (not set) is required, because hosts[0] is amd64"],
    ["sshAgentSocketPath", "~/agent.sock", "is not an absolute path"],
  ])("%s = %j", (key, value, expected) => {
    const errors = errorsAfter(ca, (c) => Object.assign(c, { [key]: value }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it.each<[string, unknown, string]>([
    ["name", "node_1", 'hosts[0].name: "node_1" is not a DNS-1123 name'],
    ["name", "a".repeat(64), "is not a DNS-1123 name of at most 63"],
    ["name", 1, "is not text; put it in quotes"],
    [
      "address",
      "10.0.0.300",
      'hosts[0].address: "10.0.0.300" is not an IP address or host name; write e.g. "10.0.0.30"',
    ],
    ["address", "root@10.0.0.3", "is not an IP address or host name"],
    ["address", "10.0.0.3:22", "is not an IP address or host name"],
    ["address", "10.2.3.4", "is inside clusterCIDR"],
    ["hostKey", publicKeyLine("ssh-rsa", 1, 256), "is an RSA key"],
    [
      "hostKey",
      `10.0.0.1 ${publicKeyLine("ssh-ed25519", 1)}`,
      'begins with a host name, as in known_hosts; write only "ssh-ed25519"',
    ],
    ["hostKey", "SHA256:abc", "is not an Ed25519 or ECDSA public key"],
    ["hostKey", publicKeyLine("ssh-ed25519", 1).slice(0, -8), "is damaged"],
    ["hostKey", publicKeyLine("ecdsa-sha2-nistp256", 1, 100).replace("nistp256", "nistp384"), "is damaged"],
    ["port", 0, "is not a whole number from 1 to 65535"],
    ["arch", "x86_64", 'write "amd64" or "arm64"'],
    ["arch", "arm64", "binaries.arm64: (not set) is required, because hosts[0] is arm64"],
    ["labels", ["a"], 'is not an object; write "key: value" lines'],
    ["labels", { a: true }, "hosts[0].labels.a: true is not text; put it in quotes"],
    ["labels", { "example.com/pool": "a b" }, 'hosts[0].labels["example.com/pool"]: "a b" '],
    ["taints", ["dedicated=build"], 'hosts[0].taints[0]: "dedicated=build" '],
    ["nodeIP", "node-1", "is not an IP address"],
    ["nodeIP", "10.0.0.1,10.0.0.2", "is more than one address of a family"],
    ["nodeIP", "10.2.3.4", "is inside clusterCIDR"],
    ["nodeIP", "127.0.0.1", "is no address that other nodes can reach"],
    ["nodeIP", "fe80::1%eth0", "is not an IP address"],
    ["nodeIP", "::ffff:10.0.0.1", 'write "10.0.0.1"'],
    ["nodeIP", "0.0.0.0,::", 'only means "any" beside another'],
    [
      "hostKey",
      publicKeyLine("ssh-ed25519", 2),
      "make new host keys on each but one (rm /etc/ssh/ssh_host_*; ssh-keygen -A)",
    ],
    ["adopt", "maybe", 'hosts[0].adopt: "maybe" is neither true nor false'],
    ["lost", 0, "hosts[0].lost: 0 is neither true nor false"],
    ["labels", JSON.parse('{"__proto__": "x"}'), "hosts[0].labels.__proto__: (not shown) must have a name of 1 to 63"],
    ["taints", [{ key: "a" }], "must have an effect of NoSchedule"],
    [
      "taints",
      [{ key: "a", effect: "NoExecute", values: "b" }],
      "hosts[0].taints[0].values: (not shown) is not a known key",
    ],
  ])("hosts[0].%s = %j", (key, value, expected) => {
    const errors = errorsAfter(ca, onHost(key, value));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it.each<[string, unknown, string]>([
    ["kubelet", undefined, "binaries.amd64.kubelet: (not set) is required"],
    ["kubelet", { sha256: "abc" }, 'binaries.amd64.kubelet.sha256: "abc" is not a SHA-256 checksum'],
    ["kubelet", { sha256: "a".repeat(64), source: "http://example.com/kubelet" }, "is neither an https URL nor a path"],
    ["kubelet", { sha256: "a".repeat(64), source: "file:///tmp/kubelet" }, "is neither an https URL nor a path"],
    [
      "kubelet",
      { sha256: "a".repeat(64), url: "https://example.com" },
      "binaries.amd64.kubelet.url: (not shown) is not a known key",
    ],
    ["cniPlugins", undefined, 'is required with cniMode "bridge"'],
    ["kubeproxy", {}, 'did you mean "kubeProxy"?'],
  ])("binaries.amd64.%s = %j", (key, value, expected) => {
    const errors = errorsAfter(ca, (c) => Object.assign(c.binaries["amd64"] ?? {}, { [key]: value }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it("takes a label of any name, taints as objects, and flags as words", () => {
    const { settings, errors } = parseSettings(
      changed(ca, (c) => {
        Object.assign(c.hosts[0] ?? {}, { labels: JSON.parse('{"constructor": "x", "toString": "y"}') as unknown });
        Object.assign(c.hosts[0] ?? {}, { taints: [{ key: "a", effect: "NoExecute" }], adopt: "true", lost: false });
      }),
    );
    expect(errors).toEqual([]);
    expect(Object.entries(hostsOf(settings)[0]?.labels ?? {})).toEqual([
      ["constructor", "x"],
      ["toString", "y"],
    ]);
    expect(hostsOf(settings)[0]).toMatchObject({
      taints: [{ key: "a", effect: "NoExecute" }],
      adopt: true,
      lost: false,
    });
  });

  it("lets two hosts ask the kubelet for an address of one family", () => {
    expect(errorsAfter(ca, (c) => c.hosts.forEach((host) => Object.assign(host, { nodeIP: "::" })))).toEqual([]);
  });

  it.each([
    ["fd00::1", "FD00:0::1"],
    ["10.231.0.20,fd00::1", "10.231.0.20"],
  ])("knows that %s and %s are one address", (one, other) => {
    const errors = errorsAfter(ca, (c) =>
      c.hosts.forEach((host, at) => Object.assign(host, { nodeIP: at === 0 ? one : other })),
    );
    expect(errors).toEqual([expect.stringContaining("is that of hosts[0] too")]);
  });

  it("refuses two hosts that report one address", () => {
    const errors = errorsAfter(ca, (c) => c.hosts.forEach((host) => Object.assign(host, { nodeIP: "10.231.0.20" })));
    expect(errors).toEqual([expect.stringContaining('hosts[1].nodeIP: "10.231.0.20" is that of hosts[0] too')]);
  });

  it("refuses an architecture it does not know", () => {
    expect(errorsAfter(ca, (c) => Object.assign(c.binaries, { amd6: {} }))).toEqual([
      'binaries.amd6: (not shown) is not a known key; did you mean "amd64"?',
    ]);
  });

  it.each<[string, unknown, string]>([
    ["kubeletConfiguration", { maxPods: "50" }, 'kubeletConfiguration.maxPods: "50" must be a whole number; '],
    [
      "kubeletConfiguration",
      { maxPod: 50 },
      "kubeletConfiguration.maxPod: (not shown) is no field of KubeletConfiguration; did you mean maxPods?",
    ],
    [
      "kubeletConfiguration",
      { reservedMemory: [{ numaNodes: 0 }] },
      "kubeletConfiguration.reservedMemory[0].numaNodes: ",
    ],
    ["kubeProxyConfiguration", { mode: "ipvs" }, "kubeProxyConfiguration.mode: (not shown) "],
    ["containerdConfiguration", { version: 2 }, "containerdConfiguration.version: (not shown) is 3, "],
    [
      "containerdConfiguration",
      { a: { b: [1, null] } },
      "containerdConfiguration.a.b[1]: null is null, which a list of TOML",
    ],
    [
      "kubeletConfiguration",
      JSON.parse('{"__proto__": {"a": 1}}'),
      "kubeletConfiguration.__proto__: (not shown) is no field of",
    ],
    [
      "kubeletConfiguration",
      { maxPods: 0 },
      "kubeletConfiguration.maxPods: 0 must be 1 or more, 0 would give upstream's default of 110",
    ],
    [
      "kubeletConfiguration",
      { evictionHard: { "memory.available": "200%" } },
      'kubeletConfiguration.evictionHard["memory.available"]: "200%" must be a percentage from 0% to 100%',
    ],
    ["containerdConfiguration", ["x"], "is not an object; write fields by upstream's names"],
  ])("%s = %j", (key, value, expected) => {
    const errors = errorsAfter(ca, (c) => Object.assign(c, { [key]: value }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it("says what a Kubernetes override breaks even where the version is wrong too", () => {
    const errors = errorsAfter(ca, (c) =>
      Object.assign(c, { kubernetesVersion: "1.13.0", kubeProxyConfiguration: { modes: "ipvs" } }),
    );
    expect(errors.map((error) => error.split(":")[0])).toEqual(["kubernetesVersion", "kubeProxyConfiguration.modes"]);
  });
});
