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

/** The table of modules for a script: MODULE PATH OPTION, as words; "-" for none. */
export function moduleTable(modules: readonly string[]): string[] {
  return modules.map((module) => {
    const { path = "-", option = "-" } = evidence[module] ?? {};
    return `${module} ${path} ${option}`;
  });
}
