import type { Script } from "../base/script";
import { kubeletHostFacts } from "./kubeletConfiguration";
import { kubeProxyEndpoints } from "./kubeProxyConfiguration";
import { ranges } from "./masquerade";
import type { CniMode, JsonObject, KubeProxyMode } from "./types";

export interface VerificationArgs {
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
  /** Range(s) of all pods: the pods' network must be inside. @example "10.2.0.0/16,fd00:2::/48" */
  clusterCIDR: string;
  /** KubeletConfiguration overrides: they may move the port of /healthz. @default {} */
  kubeletConfiguration?: JsonObject;
  /** KubeProxyConfiguration overrides: they may move the port of /livez. @default {} */
  kubeProxyConfiguration?: JsonObject;
}

/** Read-only checks of a worker node at the end. One line with the time and the rules, or every failed check with where to look. */
export function verification(args: VerificationArgs): Script {
  return {
    file: "render/scripts/verification.sh",
    values: {
      mode: args.kubeProxyMode,
      bridge: args.cniMode === "bridge",
      healthz: kubeletHostFacts(args.kubeletConfiguration).healthz ?? "",
      livez: kubeProxyEndpoints(args.kubeProxyConfiguration).healthz,
      cluster_cidr: ranges(args.clusterCIDR),
    },
  };
}
