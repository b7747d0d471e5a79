/** What a stack or a program may ask for. */
export const kubeProxyModes = ["nftables", "iptables", "ipvs", "none"] as const;

/** The mode of who asks for none. */
export const defaultKubeProxyMode = "nftables";

/** How Services work: a mode of kube-proxy, or `none` where another system makes them work and no kube-proxy of ours runs. */
export type KubeProxyMode = (typeof kubeProxyModes)[number];

/** kube-proxy's ways to program the kernel; upstream's field `mode` of KubeProxyConfiguration. */
export type ProxyMode = Exclude<KubeProxyMode, "none">;

/** Who brings the pods' network. */
export const cniModes = ["bridge", "flannel", "none"] as const;

/**
 * `bridge` = the reference plugins on the Node's own podCIDR, `flannel` = the same with flannel's daemon, which brings packets to the
 * pods of other nodes, `none` = another system brings plugins and configuration.
 */
export type CniMode = (typeof cniModes)[number];

/** How flannel brings packets to another node; upstream's `Backend.Type`. */
export const flannelBackends = ["vxlan", "host-gw"] as const;

/** The backend of who asks for none. */
export const defaultFlannelBackend = "vxlan";

/** `vxlan` = packed into UDP, over any network; `host-gw` = routes by the hosts, which have to be neighbours on one network. */
export type FlannelBackend = (typeof flannelBackends)[number];
