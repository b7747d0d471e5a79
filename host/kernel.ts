import { shellQuote } from "./shellQuote";

/**
 * Shell functions for kernel modules and parameters. A module counts as present when it is loaded, built in by the
 * kernel's own list, or, where that list is missing too (containers, minimal kernels), when what it brings is there.
 */
export const kernelLibrary = String.raw`
module_present() {
  [ -d "/sys/module/$1" ] && return 0
  grep -qs "/$1\.ko" "/lib/modules/$(uname -r)/modules.builtin" && return 0
  case "$1" in
    overlay) grep -qw overlay /proc/filesystems ;;
    br_netfilter) [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ;;
    nf_conntrack) [ -e /proc/sys/net/netfilter/nf_conntrack_max ] ;;
    *) return 1 ;;
  esac
}
load_module() {
  module_present "$1" && return 0
  modprobe "$1" || fail "kernel module $1 cannot be loaded on kernel $(uname -r); install the kernel's modules package or a kernel that has it"
}
parameter() { printf '/proc/sys/%s' "$(printf %s "$1" | tr ./ /.)"; }
set_parameter() {
  [ "$(tr '\t' ' ' <"$(parameter "$1")" 2>/dev/null)" = "$2" ] && return 0
  printf '%s\n' "$2" >"$(parameter "$1")" || fail "kernel parameter $1 cannot be set to $2"
}
`;

/** The script lines that load modules and set parameters, each only where it is not so already. */
export function applyKernel(modules: string[], sysctls: Record<string, string>): string {
  const parameters = Object.entries(sysctls).map(
    ([name, value]) => `set_parameter ${shellQuote(name)} ${shellQuote(value)}`,
  );
  return [...modules.map((module) => `load_module ${shellQuote(module)}`), ...parameters].join("\n");
}

/** The script lines that report missing modules and the parameters in force. */
export function reportKernel(modules: string[], sysctls: Record<string, string>): string {
  const missing = modules.map(
    (module) => `module_present ${shellQuote(module)} || printf 'missing-module|%s\\n' ${shellQuote(module)}`,
  );
  const values = Object.keys(sysctls).map(
    (name) =>
      `printf 'sysctl|%s|%s\\n' ${shellQuote(name)} "$(tr '\\t' ' ' <"$(parameter ${shellQuote(name)})" 2>/dev/null)"`,
  );
  return [...missing, ...values].join("\n");
}
