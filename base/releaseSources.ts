import type { Arch } from "./arch";

/** Release of the CNI plugins whose archive is the default. */
export const cniPluginsVersion = "1.9.1";

/** Official download addresses of what a node runs. */
export interface ReleaseSources {
  kubelet: string;
  kubeProxy: string;
  /** Archive of the CNI plugins, a gzipped tar. */
  cniPlugins: string;
}

/**
 * Where the official builds of a version are downloaded from; each has its SHA-256 beside it under the same address with
 * `.sha256`. @see https://kubernetes.io/releases/download/
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
  };
}
