import { shellQuote } from "../base/shellQuote";

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

function moduleWords(module: string): string {
  const { path = "", option = "" } = evidence[module] ?? {};
  return [module, path, option].map(shellQuote).join(" ");
}

/** The script lines that load modules and set parameters, each only where it is not so already; all that is wrong is named. */
export function applyKernel(modules: string[], sysctls: Record<string, string>): string {
  const parameters = Object.entries(sysctls).map(
    ([name, value]) => `set_parameter ${shellQuote(name)} ${shellQuote(value)}`,
  );
  const load = modules.map((module) => `load_module ${moduleWords(module)}`);
  return ["failed=0", ...load, ...parameters, '[ "$failed" = 0 ] || exit 1'].join("\n");
}

/** The script lines that report missing modules and the parameters in force. */
export function reportKernel(modules: string[], sysctls: Record<string, string>): string {
  const missing = modules.map(
    (module) => `module_present ${moduleWords(module)} || printf 'missing-module|%s\\n' ${shellQuote(module)}`,
  );
  const values = Object.keys(sysctls).map(
    (name) => `printf 'sysctl|%s|%s\\n' ${shellQuote(name)} "$(parameter ${shellQuote(name)})"`,
  );
  return [...missing, ...values].join("\n");
}

/**
 * Shell functions used by the lines above; part of a remote script. Parameters are written over /proc/sys, so that the sysctl
 * tool is not needed, and only where they differ, so that a read-only /proc/sys that is right passes.
 */
export const kernelLibrary = String.raw`
module_present() {
  [ -d "/sys/module/$1" ] && return 0
  [ -n "$2" ] && [ -e "$2" ] && return 0
  grep -qws "$1" /proc/filesystems && return 0
  grep -qs "/$1\.ko" "/lib/modules/$(uname -r)/modules.builtin" && return 0
  [ -n "$3" ] && { zcat /proc/config.gz || cat "/boot/config-$(uname -r)"; } 2>/dev/null | grep -q "^$3=y"
}
load_module() {
  module_present "$1" "$2" "$3" && return
  answer=$(modprobe "$1" 2>&1) && return
  echo "modules: kernel module $1 is neither loaded nor built in and modprobe cannot load it ($answer);" \
    "install the kernel's module package, or load it on the machine that runs this container" >&2
  failed=1
}
parameter_file() { printf '/proc/sys/%s' "$(printf %s "$1" | tr ./ /.)"; }
parameter() { tr '\t' ' ' 2>/dev/null <"$(parameter_file "$1")"; }
set_parameter() {
  seen=$(parameter "$1" 2>/dev/null) || seen=missing
  [ "$seen" = "$2" ] && return
  (printf '%s\n' "$2" >"$(parameter_file "$1")") 2>/dev/null && [ "$(parameter "$1")" = "$2" ] && return
  echo "sysctl: $1 is $seen: must be $2 and cannot be set; load the kernel module it belongs to or make /proc/sys writable" >&2
  failed=1
}
`;
