import { withHeader } from "./fileHeader";
import type { CniMode } from "./types";

export interface SysctlNeeds {
  cniMode: CniMode;
}

/** Kernel settings a worker node needs beyond those that kubelet and kube-proxy set themselves. */
export function requiredSysctls(needs: SysctlNeeds): Record<string, number> {
  // Not net.ipv6...forwarding: it would make the host ignore router advertisements, so its own default route. With IPv6
  // pods the bridge plugin sets it.
  const forwarding = { "net.ipv4.ip_forward": 1 };
  if (needs.cniMode === "none") {
    return forwarding;
  }
  // Pods of one node talk over a Linux bridge. Without these such traffic passes by the rules of kube-proxy, and the answer
  // of a Service's pod to its neighbour would come from an address that the neighbour never asked.
  return { ...forwarding, "net.bridge.bridge-nf-call-iptables": 1, "net.bridge.bridge-nf-call-ip6tables": 1 };
}

/** A file for /etc/sysctl.d, sorted. @example renderSysctl({ "net.ipv4.ip_forward": 1 }) */
export function renderSysctl(values: Record<string, string | number>): string {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}\n`);
  return withHeader(lines.sort().join(""));
}
