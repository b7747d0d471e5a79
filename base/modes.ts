/** kube-proxy's ways to program the kernel that are carried out. */
export const kubeProxyModes = ["nftables", "iptables"] as const;

/** How kube-proxy makes Services work; upstream's field `mode` of KubeProxyConfiguration. */
export type KubeProxyMode = (typeof kubeProxyModes)[number];

/** Who brings the pods' network, of those that are carried out. */
export const cniModes = ["bridge", "none"] as const;

/** `bridge` = the reference plugins on the Node's own podCIDR, `none` = another system brings plugins and configuration. */
export type CniMode = (typeof cniModes)[number];
