import { renderFlannelConflist } from "../../render";

/** What flanneld writes for its plugin on a node of both families. */
export const flannelSubnets = `FLANNEL_NETWORK=10.2.0.0/16
FLANNEL_SUBNET=10.2.3.1/24
FLANNEL_IPV6_NETWORK=fd00:2::/48
FLANNEL_IPV6_SUBNET=fd00:2:0:3::1/64
FLANNEL_MTU=1450
FLANNEL_IPMASQ=false
`;

/** The conflist of a node with flannel. */
export const flannelConflist = renderFlannelConflist({ kubeProxyMode: "nftables" });

/** Interfaces of its backend vxlan. */
export const flannelLinks = ["flannel.1", "flannel-v6.1"];
