import { ranges } from "./masquerade";
import type { FlannelBackend, JsonObject } from "./types";

export interface FlannelConfigurationArgs {
  /** Range(s) of all pods of the cluster, "10.2.0.0/16" or "10.2.0.0/16,fd00:2::/48". */
  clusterCIDR: string;
  backend: FlannelBackend;
  /** MTU of the pods' interfaces. @default that of the host's interface, less what the backend adds */
  mtu?: number;
}

/** Bytes that vxlan adds to each packet; flanneld takes them off the MTU that it is told. */
const vxlanOverhead = 50;

/**
 * flanneld's network configuration. JSON has no place for our mark.
 *
 * @see https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md
 * @example renderFlannelConfiguration({ clusterCIDR: "10.2.0.0/16", backend: "vxlan" })
 */
export function renderFlannelConfiguration({ clusterCIDR, backend, mtu }: FlannelConfigurationArgs): string {
  const all = ranges(clusterCIDR);
  const ipv4 = all.find((range) => !range.includes(":"));
  const ipv6 = all.find((range) => range.includes(":"));
  const network: JsonObject = {
    ...(ipv4 !== undefined && { Network: ipv4 }),
    ...(ipv6 !== undefined && { IPv6Network: ipv6 }),
    EnableIPv4: ipv4 !== undefined,
    EnableIPv6: ipv6 !== undefined,
    // VNI 1 and the kernel's UDP port 8472, which are flannel's defaults. host-gw has no MTU: the plugin is told it.
    Backend: { Type: backend, ...(backend === "vxlan" && mtu !== undefined && { MTU: mtu + vxlanOverhead }) },
  };
  return JSON.stringify(network, null, 2) + "\n";
}
