import type { CniMode, KubeProxyMode } from "./types";

/** A command a host needs, and the packages that bring it; installed only where the command is missing. */
export interface PackageRequirement {
  command: string;
  packages: {
    /** Debian, Ubuntu. */
    apt: string;
    /** Fedora, RHEL and its relatives; yum too. */
    dnf: string;
    /** SUSE. */
    zypper: string;
  };
  /** Unit that the package starts by itself, which is not to run. */
  unit?: string;
}

export interface PackageNeeds {
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
  /** Whether the node has a proxy of its own to several API servers. @default false */
  apiServerProxy?: boolean;
}

/** Commands that what we install runs. kube-proxy has needed no `conntrack` since 1.32; `ipvsadm` shows and removes its rules. */
export function requiredPackages(needs: PackageNeeds): PackageRequirement[] {
  const { kubeProxyMode, cniMode, apiServerProxy = false } = needs;
  // The masquerade rules of our network are for nft whatever kube-proxy uses; both live side by side in the kernel. flanneld needs neither.
  const nft = kubeProxyMode === "nftables" || cniMode !== "none";
  const required = [everywhere("mount", { apt: "mount", dnf: "util-linux", zypper: "util-linux" })];
  if (nft) {
    required.push(everywhere("nft", "nftables"));
  }
  if (kubeProxyMode === "iptables" || kubeProxyMode === "ipvs") {
    required.push(everywhere("iptables", "iptables"));
  }
  if (kubeProxyMode === "ipvs") {
    required.push(everywhere("modprobe", "kmod"), everywhere("ipset", "ipset"), everywhere("ipvsadm", "ipvsadm"));
  }
  if (apiServerProxy) {
    // The free nginx has passive health checks only: a server that is dead is found by a request that fails.
    required.push({ ...everywhere("haproxy", "haproxy"), unit: "haproxy.service" });
  }
  return required;
}

function everywhere(command: string, packages: string | PackageRequirement["packages"]): PackageRequirement {
  return {
    command,
    packages: typeof packages === "string" ? { apt: packages, dnf: packages, zypper: packages } : packages,
  };
}
