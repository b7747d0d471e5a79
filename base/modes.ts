/** What a stack or a program may ask for. */
export const kubeProxyModes = ["nftables", "iptables", "ipvs", "none"] as const;

/** The mode of who asks for none. */
export const defaultKubeProxyMode = "nftables";

/** How Services work: a mode of kube-proxy, or `none` where another system makes them work and no kube-proxy of ours runs. */
export type KubeProxyMode = (typeof kubeProxyModes)[number];

/** kube-proxy's ways to program the kernel; upstream's field `mode` of KubeProxyConfiguration. */
export type ProxyMode = Exclude<KubeProxyMode, "none">;

/** Who brings the pods' network, of those that are carried out. */
export const cniModes = ["bridge", "none"] as const;

/** `bridge` = the reference plugins on the Node's own podCIDR, `none` = another system brings plugins and configuration. */
export type CniMode = (typeof cniModes)[number];
