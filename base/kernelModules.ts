/**
 * How to see a module that is built into the kernel or was loaded from outside of a container: a path that only exists with
 * it, and the kernel's option. /sys/module lists built-in modules only when they have parameters.
 */
const evidence: Readonly<Record<string, { path?: string; option: string }>> = {
  br_netfilter: { path: "/proc/sys/net/bridge/bridge-nf-call-iptables", option: "CONFIG_BRIDGE_NETFILTER" },
  dummy: { option: "CONFIG_DUMMY" },
  ip_set: { option: "CONFIG_IP_SET" },
  ip_vs: { path: "/proc/net/ip_vs", option: "CONFIG_IP_VS" },
  nf_conntrack: { path: "/proc/sys/net/netfilter/nf_conntrack_max", option: "CONFIG_NF_CONNTRACK" },
  nf_tables: { option: "CONFIG_NF_TABLES" },
  overlay: { option: "CONFIG_OVERLAY_FS" },
  vxlan: { option: "CONFIG_VXLAN" },
  xt_addrtype: { option: "CONFIG_NETFILTER_XT_MATCH_ADDRTYPE" },
  xt_comment: { option: "CONFIG_NETFILTER_XT_MATCH_COMMENT" },
  xt_conntrack: { option: "CONFIG_NETFILTER_XT_MATCH_CONNTRACK" },
  xt_mark: { option: "CONFIG_NETFILTER_XT_MARK" },
  xt_set: { option: "CONFIG_NETFILTER_XT_SET" },
  xt_statistic: { option: "CONFIG_NETFILTER_XT_MATCH_STATISTIC" },
};

/** The table of modules for a script: MODULE PATH OPTION, as words; "-" for none. */
export function moduleTable(modules: readonly string[]): string[] {
  return modules.map((module) => {
    const { path = "-", option = schedulerOption(module) } = evidence[module] ?? {};
    return `${module} ${path} ${option}`;
  });
}

/** Each scheduler of ip_vs is a module with an option of its name. */
function schedulerOption(module: string): string {
  return module.startsWith("ip_vs_") ? `CONFIG_${module.toUpperCase()}` : "-";
}
