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
}

export interface PackageNeeds {
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
}

/** Commands that what we install runs. kube-proxy has needed no `conntrack` since 1.32; `ipvsadm` shows and removes its rules. */
export function requiredPackages(needs: PackageNeeds): PackageRequirement[] {
  const { kubeProxyMode, cniMode } = needs;
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
  return required;
}

function everywhere(command: string, packages: string | PackageRequirement["packages"]): PackageRequirement {
  return {
    command,
    packages: typeof packages === "string" ? { apt: packages, dnf: packages, zypper: packages } : packages,
  };
}
