/**
 * Where things are on a host. kube-bench and kubeadm look for the kubelet's files at exactly these places, so audits find
 * them without being told.
 */
export const paths = {
  /** Our binaries, each in a directory of its version: outside of what package managers own. */
  binDirectory: "/opt/kubernetes/bin",
  /** Looks at a finished node; changes nothing. */
  verification: "/opt/kubernetes/bin/verify-node",
  /** containerd's own default for CNI plugins. */
  cniBinDirectory: "/opt/cni/bin",

  kubernetesDirectory: "/etc/kubernetes",
  bootstrapKubeconfig: "/etc/kubernetes/bootstrap-kubelet.conf",
  /** Written by the kubelet once it asked for its certificate, never by us. */
  kubeletKubeconfig: "/etc/kubernetes/kubelet.conf",
  caCert: "/etc/kubernetes/pki/ca.crt",
  /** nftables script that lets pods reach what is outside the cluster. */
  masqueradeRules: "/etc/kubernetes/masquerade.nft",
  kubeProxyKubeconfig: "/etc/kubernetes/kube-proxy.conf",
  kubeProxyConfiguration: "/etc/kubernetes/kube-proxy-config.yaml",
  staticPods: "/etc/kubernetes/manifests",
  flannelKubeconfig: "/etc/kubernetes/flannel.conf",
  /** flanneld's own default. */
  flannelNetConf: "/etc/kube-flannel/net-conf.json",
  apiServerProxyConfiguration: "/etc/kubernetes/kube-apiserver-proxy.cfg",
  apiServerProxyCa: "/etc/kubernetes/pki/kube-apiserver-proxy-ca.crt",

  /** The kubelet's --root-dir; may be a mount of its own. */
  kubeletDirectory: "/var/lib/kubelet",
  kubeletConfiguration: "/var/lib/kubelet/config.yaml",
  /** The kubelet's own keys and certificates (--cert-dir). */
  kubeletCertDirectory: "/var/lib/kubelet/pki",
  /** Link to the client certificate that the kubelet has now, with its key. */
  kubeletCertificate: "/var/lib/kubelet/pki/kubelet-client-current.pem",

  kubeletUnit: "/etc/systemd/system/kubelet.service",
  kubeProxyUnit: "/etc/systemd/system/kube-proxy.service",
  flannelUnit: "/etc/systemd/system/flanneld.service",

  containerdConfig: "/etc/containerd/config.toml",
  containerdDropIns: "/etc/containerd/conf.d",
  containerdDropIn: "/etc/containerd/conf.d/kubernetes-worker-nodes.toml",
  containerdSocket: "/run/containerd/containerd.sock",
  /** Go template that containerd turns into {@link paths.cniConflist} once it knows the Node's podCIDR. */
  cniTemplate: "/etc/containerd/cni-template.conflist",
  cniConfDirectory: "/etc/cni/net.d",
  /** Written by containerd; the name is fixed in its source. */
  cniConflist: "/etc/cni/net.d/10-containerd-net.conflist",
  /** flannel's plugin, where containerd looks for it. */
  flannelCniPlugin: "/opt/cni/bin/flannel",
  /** What flanneld tells its plugin: the Node's ranges and the MTU. Where both look for it if nobody says otherwise. */
  flannelSubnets: "/run/flannel/subnet.env",

  /** Of the pod that the verification makes for a moment; named as the container runtime names those of its pods. */
  probeNamespace: "/run/netns/cni-verify-node",

  modulesLoad: "/etc/modules-load.d/kubernetes-worker-nodes.conf",
  sysctl: "/etc/sysctl.d/99-kubernetes-worker-nodes.conf",
} as const;

/** The two programs of a node. */
export type NodeProgram = "kubelet" | "kube-proxy";

/**
 * Where a binary of a node is: versions, and builds of one version, are side by side, and the file has the program's own name, by
 * which its process and its journal are known.
 *
 * @example programPath("kubelet", "1.37.2", sha256) // "/opt/kubernetes/bin/1.37.2-0a1b2c3d4e5f/kubelet"
 */
export function programPath(program: NodeProgram, kubernetesVersion: string, sha256: string): string {
  return `${paths.binDirectory}/${kubernetesVersion}-${sha256.slice(0, 12)}/${program}`;
}

/** Where flannel's daemon is; its release has nothing to do with that of Kubernetes. */
export function flanneldPath(sha256: string): string {
  return `${paths.binDirectory}/flannel-${sha256.slice(0, 12)}/flanneld`;
}
