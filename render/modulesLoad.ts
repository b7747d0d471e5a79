import { withHeader } from "./fileHeader";
import { prelude } from "./shellLibrary";
import { shellQuote } from "./shellQuote";
import type { CniMode, KubeProxyMode } from "./types";

export interface ModuleNeeds {
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
}

/**
 * How to see a module that is built into the kernel or was loaded from outside of a container: a path that only exists with
 * it, and the kernel's option. /sys/module lists built-in modules only when they have parameters.
 */
const evidence: Readonly<Record<string, { path?: string; option: string }>> = {
  br_netfilter: { path: "/proc/sys/net/bridge/bridge-nf-call-iptables", option: "CONFIG_BRIDGE_NETFILTER" },
  dummy: { option: "CONFIG_DUMMY" },
  ip_set: { option: "CONFIG_IP_SET" },
  ip_vs: { path: "/proc/net/ip_vs", option: "CONFIG_IP_VS" },
  ip_vs_rr: { option: "CONFIG_IP_VS_RR" },
  nf_conntrack: { path: "/proc/sys/net/netfilter/nf_conntrack_max", option: "CONFIG_NF_CONNTRACK" },
  overlay: { option: "CONFIG_OVERLAY_FS" },
  xt_set: { option: "CONFIG_NETFILTER_XT_SET" },
};

/** Kernel modules that nobody loads on demand in time. Sorted. */
export function requiredModules(needs: ModuleNeeds): string[] {
  // overlay for containerd's default snapshotter; kube-proxy writes conntrack's settings before its rules would load it.
  const modules = ["nf_conntrack", "overlay"];
  if (needs.cniMode !== "none") {
    modules.push("br_netfilter");
  }
  if (needs.kubeProxyMode === "ipvs") {
    // dummy for kube-ipvs0, rr because it is the default scheduler, the sets because the rules match on them.
    modules.push("dummy", "ip_set", "ip_vs", "ip_vs_rr", "xt_set");
  }
  return modules.sort();
}

/** A file for /etc/modules-load.d: the modules are loaded at each boot. */
export function renderModulesLoad(modules: readonly string[]): string {
  return withHeader(
    [...modules]
      .sort()
      .map((module) => `${module}\n`)
      .join(""),
  );
}

/**
 * Loads the modules now. One that is loaded or built in is left alone, so that hosts without modprobe or /lib/modules
 * (containers, kernels of a provider) pass. Every missing module is named, with the fix.
 */
export function modulesScript(modules: readonly string[]): string {
  const lines = [...modules].sort().map((module) => {
    const { path = "", option = "" } = evidence[module] ?? {};
    return `ensure ${shellQuote(module)} ${shellQuote(path)} ${shellQuote(option)}`;
  });
  return `${prelude}failed=0
built_in() {
  grep -qs "/$1\\.ko" "/lib/modules/$(uname -r)/modules.builtin" && return 0
  [ -n "$2" ] || return 1
  { zcat /proc/config.gz || cat "/boot/config-$(uname -r)"; } 2>/dev/null | grep -q "^$2=y"
}
present() {
  [ -d "/sys/module/$1" ] && return 0
  [ -n "$2" ] && [ -e "$2" ] && return 0
  # A file system says itself whether it is there.
  grep -qws "$1" /proc/filesystems && return 0
  built_in "$1" "$3"
}
ensure() {
  present "$1" "$2" "$3" && return
  answer=$(modprobe "$1" 2>&1) && return
  echo "modules: kernel module $1 is neither loaded nor built in and modprobe cannot load it ($answer);" \\
    "install the kernel's module package, or load it on the machine that runs this container" >&2
  failed=1
}
${lines.join("\n")}
exit "$failed"
`;
}
