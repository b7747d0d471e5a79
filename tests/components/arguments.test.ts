import * as pulumi from "@pulumi/pulumi";
import { ClusterBootstrap, WorkerNode, WorkerPool, type WorkerPoolArgs } from "../../components";
import { recordResources, settled } from "../support/pulumiMocks";
import { hostKey, workerNodeArgs } from "../support/workerNodeArgs";

const { cluster, binaries, connection } = workerNodeArgs;
const withoutIpvs = { featureGates: { KubeProxyIPVS: false } };

/** A pool of two hosts in which nothing is wrong, with values that JavaScript may give. */
function poolArgs() {
  const host = (index: number) => ({
    nodeName: `node-${index}`,
    connection: { host: `10.0.0.1${index}`, hostKey: hostKey(index) } as Record<string, unknown>,
  });
  return {
    cluster: structuredClone(cluster),
    binaries: { amd64: structuredClone(binaries) },
    hosts: [host(1), host(2)] as [Record<string, unknown>, Record<string, unknown>],
  } as {
    cluster: Record<string, unknown>;
    binaries: Record<string, Record<string, Record<string, unknown> | undefined>>;
    hosts: [Record<string, unknown>, Record<string, unknown>];
    [key: string]: unknown;
  };
}

type Change = (args: ReturnType<typeof poolArgs>) => void;

/** The message with which a pool of these arguments is refused; "" where it is not. */
function refusal(args: unknown, name = "rack-1"): string {
  try {
    new WorkerPool(name, args as WorkerPoolArgs);
    return "";
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
}

function linesAfter(change: Change): string[] {
  const args = poolArgs();
  change(args);
  return refusal(args).split("\n");
}

const onHost =
  (key: string, value: unknown): Change =>
  ({ hosts }) =>
    void (hosts[1][key] = value);
const onConnection =
  (key: string, value: unknown): Change =>
  ({ hosts }) =>
    void Object.assign(hosts[1]["connection"] as object, { [key]: value });
const onCluster =
  (key: string, value: unknown): Change =>
  (args) =>
    void (args.cluster[key] = value);
const onKubelet =
  (key: string, value: unknown): Change =>
  (args) =>
    void (args.binaries["amd64"] = { ...args.binaries["amd64"], kubelet: { sha256: "a".repeat(64), [key]: value } });
const onPool =
  (key: string, value: unknown): Change =>
  (args) =>
    void (args[key] = value);

test("arguments in which nothing is wrong are taken", async () => {
  await recordResources();
  expect(refusal(poolArgs())).toBe("");
  await settled();
});

describe("a wrong argument is named with its rule before anything is registered", () => {
  test.each<[string, Change, string]>([
    ["no hostKey", onConnection("hostKey", undefined), "hosts[1].connection.hostKey: (not set) is required; write the"],
    ["an empty hostKey", onConnection("hostKey", ""), "hosts[1].connection.hostKey: "],
    ["a damaged hostKey", onConnection("hostKey", "ssh-ed25519 AAAA"), "is damaged"],
    ["an RSA key", onConnection("hostKey", "ssh-rsa AAAA"), "is an RSA key"],
    [
      "a version with v",
      onCluster("kubernetesVersion", "v1.37.2"),
      'cluster.kubernetesVersion: "v1.37.2" is not a release',
    ],
    ["no version", onCluster("kubernetesVersion", undefined), "cluster.kubernetesVersion: (not set) is required"],
    ["an old version", onCluster("kubernetesVersion", "1.20.1"), "is not of a supported release"],
    [
      "capitals in nodeName",
      onHost("nodeName", "Node-9"),
      'hosts[1].nodeName: "Node-9" has capitals, which kubelet and kube-proxy make small; write "node-9"',
    ],
    ["a wrong nodeName", onHost("nodeName", "node_1"), "is not a DNS-1123 name"],
    ["a nodeName twice", onHost("nodeName", "node-1"), 'hosts[1].nodeName: "node-1" is that of hosts[0] too'],
    [
      "an address twice",
      onConnection("host", "10.0.0.11"),
      'hosts[1].connection.host: "10.0.0.11" is that of hosts[0] too',
    ],
    [
      "a hostKey twice",
      onConnection("hostKey", `${hostKey(1)} root@host`),
      "hosts[0] too; one machine is listed twice, or machines are copies of one: then make new host keys on each but one (rm /etc/ssh/ssh_host_*; ssh-keygen -A)",
    ],
    ["no sha256", onKubelet("sha256", undefined), "binaries.amd64.kubelet.sha256: (not set) is required"],
    ["a short sha256", onKubelet("sha256", "abc"), "is not a SHA-256 checksum"],
    ["a source without https", onKubelet("source", "http://example.com/kubelet"), "is neither an https URL nor a path"],
    [
      "no kubelet",
      (args) => void delete args.binaries["amd64"]?.["kubelet"],
      "binaries.amd64.kubelet: (not set) is required",
    ],
    [
      "no CNI plugins",
      (args) => void delete args.binaries["amd64"]?.["cniPlugins"],
      'is required with cniMode "bridge"',
    ],
    [
      "no binaries at all",
      onPool("binaries", undefined),
      "binaries.amd64: (not set) is required, because hosts[0] is amd64",
    ],
    [
      "no binaries of the host's arch",
      onHost("arch", "arm64"),
      "binaries.arm64: (not set) is required, because hosts[1] is arm64",
    ],
    ["an unknown arch", onHost("arch", "x86_64"), 'write "amd64" or "arm64"'],
    ["taints that are no list", onHost("taints", "a=b:NoSchedule"), "is not a list"],
    [
      "a taint without effect",
      onHost("taints", ["dedicated=build"]),
      'hosts[1].taints[0]: "dedicated=build" must end in',
    ],
    [
      "a taint of another effect",
      onHost("taints", [{ key: "a", effect: "Never" }]),
      "must have an effect of NoSchedule",
    ],
    ["a label of the kubelet's", onHost("labels", { "kubernetes.io/os": "x" }), "is kept by the kubelet"],
    ["a label that is no text", onHost("labels", { a: 1 }), "hosts[1].labels.a: 1 is not text"],
    ["a label of a wrong form", onHost("labels", { "a b": "" }), 'hosts[1].labels["a b"]: must have a name'],
    [
      "a label called __proto__",
      onHost("labels", JSON.parse('{"__proto__": "x"}')),
      "hosts[1].labels.__proto__: must have a name",
    ],
    ["nodeIP", onHost("nodeIP", "10.2.0.5"), "is inside clusterCIDR"],
    ["a nodeIP that is none", onHost("nodeIP", "node-1"), "is not an IP address"],
    ["a nodeIP with a zone", onHost("nodeIP", "fe80::1%eth0"), "is not an IP address"],
    ["adopt", onHost("adopt", "yes"), 'hosts[1].adopt: "yes" is neither true nor false'],
    ["lost", onHost("lost", 1), "hosts[1].lost: 1 is neither true nor false"],
    ["cniMode", onPool("cniMode", "calico"), 'cniMode: "calico" is not one of the known words'],
    [
      "kubeProxyMode ipvs without its feature gate",
      (args) => Object.assign(args, { kubeProxyMode: "ipvs", kubeProxyConfiguration: withoutIpvs }),
      'kubeProxyMode: "ipvs" is switched off by kubeProxyConfiguration.featureGates.KubeProxyIPVS; write "nftables"',
    ],
    [
      "a setting of iptables that nftables does not read",
      onPool("kubeProxyConfiguration", { iptables: { masqueradeAll: true } }),
      'kubeProxyConfiguration.iptables.masqueradeAll: true has no effect with kubeProxyMode "nftables"',
    ],
    ["clusterCIDR", onCluster("clusterCIDR", "10.2.0.1/16"), 'has bits set after its prefix; write "10.2.0.0/16"'],
    ["clusterDNS", onCluster("clusterDNS", ["10.1.0"]), "cluster.clusterDNS[0]: "],
    ["no clusterDNS", onCluster("clusterDNS", []), "cluster.clusterDNS: [] is empty"],
    ["the endpoint", onCluster("apiServerEndpoint", "10.0.0.10:6443"), "cluster.apiServerEndpoint: "],
    ["the CA", onCluster("caCertPem", "ca.crt"), "cluster.caCertPem: "],
    ["the token", onCluster("bootstrapToken", "abc"), "cluster.bootstrapToken: [secret] is not a bootstrap token"],
    ["the kubeconfig", onCluster("kubeconfig", "~/.kube/config"), "cluster.kubeconfig: [secret] is not a kubeconfig"],
    [
      "kube-proxy's certificate",
      onCluster("kubeProxyCertificate", undefined),
      "cluster.kubeProxyCertificate: (not set) is required",
    ],
    ["no cluster", onPool("cluster", undefined), "cluster: (not set) is required"],
    ["no list of hosts", onPool("hosts", undefined), "hosts: (not set) is required"],
    ["hosts that are no list", onPool("hosts", {}), "hosts: {} is not a list"],
    ["no connection", onHost("connection", undefined), "hosts[1].connection: (not set) is required"],
    ["a port out of range", onConnection("port", 65536), "is not a whole number from 1 to 65535"],
    ["a user that is an option", onConnection("user", "-oProxyCommand=x"), "is not a user name"],
    [
      "the name of a key's file",
      onConnection("privateKey", "~/.ssh/id_ed25519"),
      "hosts[1].connection.privateKey: [secret] is not a private key",
    ],
    ["a passphrase without key", onConnection("privateKeyPassword", "x"), "has no privateKey to open"],
    ["a negative time", onConnection("perDialTimeout", -1), "is not a whole number from 1"],
    [
      "a negative wait",
      onPool("nodeReadyTimeoutSeconds", -1),
      "nodeReadyTimeoutSeconds: -1 is not a whole number from 1",
    ],
    [
      "an unknown key of a connection",
      onConnection("username", "x"),
      "hosts[1].connection.username: is not a known key",
    ],
    ["an unknown key of a host", onHost("nodename", "x"), 'is not a known key; did you mean "nodeName"?'],
    ["an unknown key", onPool("kubeletConfig", {}), "kubeletConfig: is not a known key"],
    ["an unknown key of a cluster", onCluster("clusterCidr", "x"), 'did you mean "clusterCIDR"?'],
    ["an override that is a list", onPool("kubeletConfiguration", []), "kubeletConfiguration: [] is not an object"],
    ["an unknown field", onPool("kubeletConfiguration", { maxPod: 1 }), "did you mean maxPods?"],
    [
      "a function as override",
      onPool("kubeletConfiguration", { maxPods: () => 1 }),
      "kubeletConfiguration.maxPods: is not a value of JSON",
    ],
    [
      "a null in a list of TOML",
      onPool("containerdConfiguration", { plugins: { x: { list: ["a", null] } } }),
      "containerdConfiguration.plugins.x.list[1]: null is null",
    ],
    ["an Output for a plain value", onHost("nodeName", pulumi.output("node-2")), "hosts[1].nodeName: is an Output"],
    ["an Output for the hosts", onPool("hosts", pulumi.output([])), "hosts: is an Output"],
  ])("%s", async (_, change, expected) => {
    const registered = await recordResources();
    const [title, ...lines] = linesAfter(change);
    expect(title).toBe('WorkerPool "rack-1": 1 error in its arguments:');
    // As the message leaves the value out where there is none, or where the key is the fault.
    expect(lines.join("\n")).toContain(expected.replace("(not set) ", ""));
    expect(lines).toHaveLength(1);
    expect(registered).toEqual([]);
  });

  test("all at once", async () => {
    await recordResources();
    const lines = linesAfter((args) => {
      onConnection("hostKey", undefined)(args);
      onCluster("kubernetesVersion", "v1.37.2")(args);
      onPool("drainTimeoutSeconds", -5)(args);
    });
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('WorkerPool "rack-1": 3 errors in its arguments:');
  });

  test("of a WorkerNode and a ClusterBootstrap too", async () => {
    await recordResources();
    expect(() => new WorkerNode("a", { ...workerNodeArgs, connection: { ...connection, hostKey: "" } })).toThrow(
      /^WorkerNode "a": 1 error in its arguments:\n {2}connection\.hostKey: /,
    );
    expect(() => new WorkerNode("a", { ...workerNodeArgs, arch: "arm64", cniMode: "calico" as "none" })).toThrow(
      /^WorkerNode "a": 1 error in its arguments:\n {2}cniMode: /,
    );
    const bootstrap = { bootstrapToken: "x", caCertPem: "y", caPrivateKeyPem: "z", bootstrapTokenExpiration: "soon" };
    expect(() => new ClusterBootstrap("b", bootstrap)).toThrow(/^ClusterBootstrap "b": 4 errors in its arguments:/);
  });
});
