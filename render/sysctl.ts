import { withHeader } from "./fileHeader";
import { paths } from "./paths";
import { prelude } from "./shellLibrary";
import { shellQuote } from "./shellQuote";
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

/**
 * Applies the file now, as systemd-sysctl does at boot. Written over /proc/sys, so that it works without the sysctl tool; a
 * value that is already there is not written, so that it works where /proc/sys is read-only but right.
 */
export function sysctlScript(path: string = paths.sysctl): string {
  return `${prelude}failed=0
while IFS= read -r line; do
  case $line in '' | '#'* | ';'*) continue ;; esac
  key=$(echo "\${line%%=*}" | tr -d '[:space:]')
  value=$(echo "\${line#*=}" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
  file=/proc/sys/$(echo "$key" | tr . /)
  seen=$(cat "$file" 2>/dev/null || echo missing)
  [ "$seen" = "$value" ] && continue
  if ! (echo "$value" >"$file") 2>/dev/null || [ "$(cat "$file" 2>/dev/null)" != "$value" ]; then
    echo "sysctl: $key is $seen: must be $value and cannot be set; load the kernel module it belongs to or make /proc/sys writable" >&2
    failed=1
  fi
done <${shellQuote(path)} || failed=1
exit "$failed"
`;
}
