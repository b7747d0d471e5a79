import * as pulumi from "@pulumi/pulumi";
import type { ClusterBootstrap } from "../components/clusterBootstrap";
import type { BinariesArgs, ClusterArgs, HostArgs } from "../components/workerNodeArgs";
import type { WorkerPoolArgs } from "../components/workerPool";
import { releaseSources } from "../render/releaseSources";
import type { Arch } from "../base/arch";
import type { ArchBinaries, HostSettings, Settings } from "./settings";

/** The stack's settings with secrets as Pulumi outputs. */
type StackSettings = Settings<pulumi.Output<string>>;

/** The cluster part of the settings, with what {@link ClusterBootstrap} made for the nodes. */
export function clusterArgs(settings: StackSettings, bootstrap: ClusterBootstrap): ClusterArgs {
  const { kubernetesVersion, clusterName, apiServerEndpoint, caCertPem, clusterCIDR, clusterDNS, clusterDomain } =
    settings;
  return {
    ...{ kubernetesVersion, clusterName, apiServerEndpoint, caCertPem, clusterCIDR, clusterDNS, clusterDomain },
    bootstrapToken: bootstrap.bootstrapToken,
    kubeProxyCertificate: bootstrap.kubeProxyCertificate,
    kubeconfig: settings.secrets.kubeconfig,
  };
}

/** Everything a pool needs: how nodes are made, their binaries and their hosts. */
export function poolArgs(settings: StackSettings, cluster: ClusterArgs): WorkerPoolArgs {
  const { kubeProxyMode, kubeProxyConfiguration, kubeletConfiguration, cniMode } = settings;
  const { containerdConfiguration, sandboxImage, nodeReadyTimeoutSeconds, drainTimeoutSeconds } = settings;
  return {
    ...{ kubeProxyMode, kubeProxyConfiguration, kubeletConfiguration, cniMode },
    ...{ containerdConfiguration, sandboxImage, nodeReadyTimeoutSeconds, drainTimeoutSeconds },
    cluster,
    binaries: {
      amd64: settings.binaries.amd64 && binariesArgs(settings.kubernetesVersion, "amd64", settings.binaries.amd64),
      arm64: settings.binaries.arm64 && binariesArgs(settings.kubernetesVersion, "arm64", settings.binaries.arm64),
    },
    hosts: settings.hosts.map((host) => hostArgs(settings, host)),
  };
}

function binariesArgs(
  kubernetesVersion: string,
  arch: Arch,
  { kubelet, kubeProxy, cniPlugins }: ArchBinaries,
): BinariesArgs {
  const release = releaseSources(kubernetesVersion, arch);
  return {
    kubelet: { source: kubelet.source ?? release.kubelet, sha256: kubelet.sha256 },
    kubeProxy: { source: kubeProxy.source ?? release.kubeProxy, sha256: kubeProxy.sha256 },
    ...(cniPlugins && { cniPlugins: { source: cniPlugins.source ?? release.cniPlugins, sha256: cniPlugins.sha256 } }),
  };
}

function hostArgs(settings: StackSettings, host: HostSettings): HostArgs {
  const { sshPrivateKey, sshPrivateKeyPassword, sshPassword } = settings.secrets;
  const { name: nodeName, address, port, user, hostKey, arch, labels, taints, nodeIP } = host;
  const { agentSocketPath } = settings.ssh;
  const credentials = pulumi.all([sshPrivateKey, sshPrivateKeyPassword, sshPassword]);
  const connection = credentials.apply(([privateKey, privateKeyPassword, password]) => ({
    ...{ host: address, port, user, hostKey, agentSocketPath },
    ...{ privateKey, privateKeyPassword, password },
  }));
  return { nodeName, connection: pulumi.secret(connection), arch, labels, taints, nodeIP };
}
