import { withHeader } from "./fileHeader";
import type { CniMode, KubeProxyMode } from "./types";

export interface ModuleNeeds {
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
}

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
