import type { Arch } from "./arch";

/** Release of the CNI plugins whose archive is the default. */
export const cniPluginsVersion = "1.9.1";

/** Release of flannel whose daemon is the default: the newest when this was written. */
export const flannelVersion = "0.28.10";

/** Release of flannel's CNI plugin that is the default: the one that the manifest of {@link flannelVersion} installs. */
export const flannelCniPluginVersion = "1.9.1-flannel3";

/** Official download addresses of what a node runs. */
export interface ReleaseSources {
  kubelet: string;
  kubeProxy: string;
  /** Archive of the CNI plugins, a gzipped tar. */
  cniPlugins: string;
  /** flannel's daemon. */
  flanneld: string;
  /** flannel's CNI plugin, the program itself. */
  flannelCniPlugin: string;
}

/** Those of the files of every node, which are published with their SHA-256. */
export const checkedReleases = ["kubelet", "kubeProxy", "cniPlugins"] as const satisfies (keyof ReleaseSources)[];

/**
 * Where the official builds of a version are downloaded from; those of {@link checkedReleases} have their SHA-256 beside them under the
 * same address with `.sha256`. @see https://kubernetes.io/releases/download/
 *
 * @example releaseSources("1.37.2", "amd64").kubelet // "https://dl.k8s.io/v1.37.2/bin/linux/amd64/kubelet"
 */
export function releaseSources(kubernetesVersion: string, arch: Arch): ReleaseSources {
  const kubernetes = `https://dl.k8s.io/v${kubernetesVersion}/bin/linux/${arch}`;
  const plugins = `https://github.com/containernetworking/plugins/releases/download/v${cniPluginsVersion}`;
  return {
    kubelet: `${kubernetes}/kubelet`,
    kubeProxy: `${kubernetes}/kube-proxy`,
    cniPlugins: `${plugins}/cni-plugins-linux-${arch}-v${cniPluginsVersion}.tgz`,
    flanneld: `https://github.com/flannel-io/flannel/releases/download/v${flannelVersion}/flanneld-${arch}`,
    flannelCniPlugin: `https://github.com/flannel-io/cni-plugin/releases/download/v${flannelCniPluginVersion}/flannel-${arch}`,
  };
}
