import type { Script } from "../base/script";
import { flannelHealthz } from "./flannelUnit";
import { kubeletHostFacts } from "./kubeletConfiguration";
import { kubeProxyEndpoints } from "./kubeProxyConfiguration";
import { ranges } from "./masquerade";
import type { CniMode, JsonObject, KubeProxyMode } from "./types";

export interface VerificationArgs {
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
  /** Whether the node has a proxy of its own to several API servers. @default false */
  apiServerProxy?: boolean;
  /** Range(s) of all pods: the pods' network must be inside. @example "10.2.0.0/16,fd00:2::/48" */
  clusterCIDR: string;
  /** Addresses of the cluster's DNS Service. @default [] */
  clusterDNS?: string[];
  /** KubeletConfiguration overrides: they may move its port, and that of /healthz. @default {} */
  kubeletConfiguration?: JsonObject;
  /** KubeProxyConfiguration overrides: they may move the port of /livez, and where NodePorts are answered. @default {} */
  kubeProxyConfiguration?: JsonObject;
}

/**
 * Checks of a worker node at the end, packets among them. One line with the time, the rules, a line `packets:` and a line for each hop;
 * or every failed check with where to look.
 */
export function verification(args: VerificationArgs): Script {
  const kubelet = kubeletHostFacts(args.kubeletConfiguration);
  // Elsewhere than at the Node's own address they need not be answered there.
  const { nodePortAddresses = [] } = args.kubeProxyConfiguration ?? {};
  return {
    file: "render/scripts/verification.sh",
    values: {
      mode: args.kubeProxyMode,
      bridge: args.cniMode !== "none",
      flannel: args.cniMode === "flannel" ? flannelHealthz : "",
      proxied: args.apiServerProxy === true,
      healthz: kubelet.healthz ?? "",
      livez: kubeProxyEndpoints(args.kubeProxyConfiguration).healthz,
      cluster_cidr: ranges(args.clusterCIDR),
      kubelet_port: kubelet.port,
      dns: args.clusterDNS ?? [],
      node_ports: args.kubeProxyMode !== "none" && Array.isArray(nodePortAddresses) && nodePortAddresses.length === 0,
    },
  };
}
