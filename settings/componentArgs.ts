import * as pulumi from "@pulumi/pulumi";
import type { ClusterBootstrap } from "../components/clusterBootstrap";
import type { BinariesArgs, BinaryArgs, ClusterArgs, HostArgs } from "../components/workerNodeArgs";
import type { WorkerPoolArgs } from "../components/workerPool";
import type { Taint } from "../base/taint";
import type { StackSettings } from "./loadSettings";
import type { ArchBinaries, BinarySettings, HostSettings } from "./settings";

/** The cluster part of the settings, with what {@link ClusterBootstrap} made for the nodes. */
export function clusterArgs(settings: StackSettings, bootstrap: ClusterBootstrap): ClusterArgs {
  const { kubernetesVersion, clusterName, apiServerEndpoint, caCertPem, clusterCIDR, clusterDNS, clusterDomain } =
    settings;
  return {
    ...{ kubernetesVersion, clusterName, apiServerEndpoint, clusterCIDR, clusterDNS, clusterDomain },
    caCertPem: hushed(settings, ["caCertPem"], caCertPem),
    bootstrapToken: bootstrap.bootstrapToken,
    kubeProxyCertificate: bootstrap.kubeProxyCertificate,
    kubeconfig: settings.secrets.kubeconfig,
  };
}

/** The value, secret where the stack keeps one of the keys it comes from encrypted. */
function hushed<T>(settings: StackSettings, keys: string[], value: T): pulumi.Input<T> {
  return keys.some((key) => settings.encrypted.has(key)) ? (pulumi.secret(value) as pulumi.Output<T>) : value;
}

/** Everything a pool needs: how nodes are made, their binaries and their hosts. */
export function poolArgs(settings: StackSettings, cluster: ClusterArgs): WorkerPoolArgs {
  const { kubeProxyMode, kubeProxyConfiguration, kubeletConfiguration, cniMode } = settings;
  const { containerdConfiguration, sandboxImage, nodeReadyTimeoutSeconds, drainTimeoutSeconds } = settings;
  const { amd64, arm64 } = settings.binaries;
  const secret = settings.encrypted.has("binaries");
  return {
    ...{ kubeProxyMode, kubeProxyConfiguration, kubeletConfiguration, cniMode },
    ...{ containerdConfiguration, sandboxImage, nodeReadyTimeoutSeconds, drainTimeoutSeconds },
    cluster,
    binaries: { amd64: amd64 && binariesArgs(amd64, secret), arm64: arm64 && binariesArgs(arm64, secret) },
    hosts: settings.hosts.map((host) => hostArgs(settings, host)),
  };
}

/** A source that the stack keeps encrypted may have a token in it. */
function binariesArgs({ kubelet, kubeProxy, cniPlugins }: ArchBinaries, secret: boolean): BinariesArgs {
  const ofFile = ({ source, sha256 }: BinarySettings): BinaryArgs =>
    source === undefined ? { sha256 } : { source: secret ? pulumi.secret(source) : source, sha256 };
  return {
    kubelet: ofFile(kubelet),
    kubeProxy: ofFile(kubeProxy),
    ...(cniPlugins && { cniPlugins: ofFile(cniPlugins) }),
  };
}

/**
 * Where the stack keeps anything of its hosts encrypted, everything is taken for secret that does not name a host: Pulumi only says
 * of the whole list that there is a secret in it.
 */
function hostArgs(settings: StackSettings, host: HostSettings): HostArgs {
  const {
    sshPrivateKey: privateKey,
    sshPrivateKeyPassword: privateKeyPassword,
    sshPassword: password,
  } = settings.secrets;
  const { name: nodeName, address, port, user, hostKey, arch, labels, taints, nodeIP, adopt, lost } = host;
  const { agentSocketPath } = settings.ssh;
  const ofHost = <T>(value: T, ...keys: string[]): pulumi.Input<T> => hushed(settings, ["hosts", ...keys], value);
  const connection = {
    ...{
      host: ofHost(address),
      port: ofHost(port, "sshPort"),
      user: ofHost(user, "sshUser"),
      hostKey: ofHost(hostKey),
    },
    agentSocketPath: hushed(settings, ["sshAgentSocketPath"], agentSocketPath),
    ...{ privateKey, privateKeyPassword, password },
  };
  const marks = { labels: ofHost(labels), taints: ofHost<(string | Taint)[]>(taints) };
  return {
    nodeName,
    connection,
    arch,
    ...marks,
    nodeIP: nodeIP === undefined ? undefined : ofHost(nodeIP),
    adopt,
    lost,
  };
}
