import { withHeader } from "./fileHeader";
import type { CniMode, FlannelBackend, KubeProxyMode } from "./types";

export interface ModuleNeeds {
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
  /** Read with cniMode "flannel". @default "vxlan" */
  flannelBackend?: FlannelBackend;
  /** Scheduler of mode ipvs, which is a module of the kernel. @default "rr", which is kube-proxy's */
  scheduler?: string;
}

/** Kernel modules that nobody loads on demand in time. Sorted. */
export function requiredModules(needs: ModuleNeeds): string[] {
  // overlay for containerd's default snapshotter; kube-proxy writes conntrack's settings before its rules would load it.
  const modules = ["nf_conntrack", "overlay"];
  if (needs.cniMode !== "none") {
    modules.push("br_netfilter");
  }
  if (needs.cniMode === "flannel" && needs.flannelBackend !== "host-gw") {
    modules.push("vxlan");
  }
  if (needs.kubeProxyMode === "ipvs") {
    // dummy for kube-ipvs0, the sets because the rules match on them. Of the schedulers only the one that is used: kube-proxy has
    // asked for a list of them no more since long before 1.34.
    modules.push("dummy", "ip_set", "ip_vs", `ip_vs_${needs.scheduler ?? "rr"}`, "xt_set");
  }
  return modules.sort();
}

/** Kernel modules that the kernel loads by itself with a mode's rules, if it has them. Sorted. */
export function autoloadedModules(mode: KubeProxyMode): string[] {
  if (mode === "none") return [];
  return mode === "nftables" ? ["nf_tables"] : ["xt_addrtype", "xt_comment", "xt_conntrack", "xt_mark", "xt_statistic"];
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
