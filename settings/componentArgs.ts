import * as pulumi from "@pulumi/pulumi";
import { without } from "../base/without";
import type { ClusterBootstrap } from "../components/clusterBootstrap";
import type {
  BinariesArgs,
  BinaryArgs,
  ClusterArgs,
  ConnectionArgs,
  HostArgs,
  NodeConfigurationArgs,
  WorkerNodeArgs,
} from "../components/workerNodeArgs";
import type { WorkerPoolArgs } from "../components/workerPool";
import type { overrideKeys } from "../render/overrideFindings";
import type { StackSettings } from "./loadSettings";
import type { ArchBinaries, BinarySettings, HostSettings, NodeSettings, PoolSettings } from "./settings";
import { flatPool } from "./settingsFindings";

/** Other keys whose values stand in the same document: where one is encrypted, the document is secret. */
const documentKeys: Record<(typeof overrideKeys)[number], readonly string[]> = {
  kubeletConfiguration: ["clusterDNS", "clusterDomain", "clusterCIDR"],
  kubeProxyConfiguration: ["clusterCIDR"],
  containerdConfiguration: ["sandboxImage"],
};

/**
 * The value, secret where the stack keeps one of the keys it comes from encrypted. Pulumi only says of a whole key that there is a
 * secret in it: where anything of `hosts` or `pools` is encrypted, all of it is taken for secret that does not name something.
 */
type Hush = <T>(value: T, ...keys: readonly string[]) => pulumi.Input<T>;

/** The cluster part of the settings, with what {@link ClusterBootstrap} made for the nodes; the version is that of each node. */
export function clusterArgs(
  settings: StackSettings,
  bootstrap: ClusterBootstrap,
): Omit<ClusterArgs, "kubernetesVersion"> {
  const { clusterName, apiServerEndpoint, apiServers, caCertPem, clusterCIDR, clusterDNS, clusterDomain } = settings;
  const hush = hushOf(settings);
  return {
    ...{ clusterName, apiServerEndpoint, clusterCIDR, clusterDNS, clusterDomain },
    caCertPem: hush(caCertPem, "caCertPem"),
    ...(apiServers && { apiServers: hush(apiServers, "apiServers") }),
    bootstrapToken: bootstrap.bootstrapToken,
    kubeProxyCertificate: bootstrap.kubeProxyCertificate,
    flannelCertificate: bootstrap.flannelCertificate,
    kubeconfig: settings.secrets.kubeconfig,
  };
}

/** Whether a node of the stack has flannel. */
export function hasFlannel({ pools }: StackSettings): boolean {
  const made = pools.flatMap(({ node, hosts }) => hosts.map(({ own = node }) => own));
  return made.some(({ cniMode }) => cniMode === "flannel");
}

/** A pool with the hosts that have nothing of their own. */
export function poolArgs(
  settings: StackSettings,
  pool: PoolSettings,
  cluster: Omit<ClusterArgs, "kubernetesVersion">,
): WorkerPoolArgs {
  const hush = hushOf(settings, pool);
  const { kubernetesVersion, binaries } = pool.node;
  const { amd64, arm64 } = binaries;
  return {
    ...nodeArgs(pool.node, hush),
    cluster: { ...cluster, kubernetesVersion },
    binaries: { amd64: amd64 && binariesArgs(amd64, hush), arm64: arm64 && binariesArgs(arm64, hush) },
    hosts: pool.hosts.filter(({ own }) => own === undefined).map((host) => hostArgs(host, hush)),
  };
}

/** The hosts of a pool that have something of their own, each as a node by itself. */
export function ownNodes(
  settings: StackSettings,
  pool: PoolSettings,
  cluster: Omit<ClusterArgs, "kubernetesVersion">,
): WorkerNodeArgs[] {
  const hush = hushOf(settings, pool);
  return pool.hosts.flatMap((host) => {
    const { own } = host;
    // The rules of the settings ask for the files of each host's architecture.
    const binaries = own?.binaries[host.arch];
    if (own === undefined || binaries === undefined) return [];
    const { kubernetesVersion } = own;
    const made = { ...nodeArgs(own, hush), binaries: binariesArgs(binaries, hush) };
    return [{ ...made, ...hostArgs(host, hush), cluster: { ...cluster, kubernetesVersion } }];
  });
}

function hushOf({ encrypted }: StackSettings, pool?: PoolSettings): Hush {
  const always = pool === undefined ? [] : pool.name === flatPool ? ["hosts", "pools"] : ["pools"];
  return <T>(value: T, ...keys: readonly string[]): pulumi.Input<T> =>
    [...always, ...keys].some((key) => encrypted.has(key)) ? pulumi.secret<unknown>(value) : value;
}

/** Every field of `nodeFields`, whichever there are. */
function nodeArgs(node: NodeSettings, hush: Hush): NodeConfigurationArgs {
  const hushed = (key: (typeof overrideKeys)[number]) => hush(node[key], key, ...documentKeys[key]);
  return {
    ...without(node, ["binaries", "kubernetesVersion"]),
    kubeProxyConfiguration: hushed("kubeProxyConfiguration"),
    kubeletConfiguration: hushed("kubeletConfiguration"),
    containerdConfiguration: hushed("containerdConfiguration"),
  };
}

/** A source that the stack keeps encrypted may have a token in it. */
function binariesArgs(files: ArchBinaries, hush: Hush): BinariesArgs {
  const { kubelet, kubeProxy, cniPlugins, flanneld, flannelCniPlugin } = files;
  const ofFile = ({ source, sha256 }: BinarySettings): BinaryArgs =>
    source === undefined ? { sha256 } : { source: hush(source, "binaries"), sha256 };
  return {
    kubelet: ofFile(kubelet),
    ...(kubeProxy && { kubeProxy: ofFile(kubeProxy) }),
    ...(cniPlugins && { cniPlugins: ofFile(cniPlugins) }),
    ...(flanneld && { flanneld: ofFile(flanneld) }),
    ...(flannelCniPlugin && { flannelCniPlugin: ofFile(flannelCniPlugin) }),
  };
}

function hostArgs(host: HostSettings, hush: Hush): HostArgs {
  const { name: nodeName, arch, labels, taints, nodeIP, adopt, lost } = host;
  return {
    ...{ nodeName, arch, adopt, lost },
    connection: connectionArgs(host, hush),
    labels: hush(labels),
    taints: hush<NonNullable<HostSettings["taints"]>>(taints),
    nodeIP: nodeIP === undefined ? undefined : hush(nodeIP),
  };
}

function connectionArgs({ address, hostKey, ssh }: HostSettings, hush: Hush): ConnectionArgs {
  const secret = (text: string | undefined) => (text === undefined ? undefined : pulumi.secret(text));
  return {
    host: hush(address),
    port: hush(ssh.port, "sshPort"),
    user: hush(ssh.user, "sshUser"),
    hostKey: hush(hostKey),
    agentSocketPath: hush(ssh.agentSocketPath, "sshAgentSocketPath"),
    privateKey: secret(ssh.privateKey),
    privateKeyPassword: secret(ssh.privateKeyPassword),
    password: secret(ssh.password),
  };
}
