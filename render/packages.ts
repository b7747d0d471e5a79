import { hasFunction, prelude } from "./shellLibrary";
import { shellQuote } from "./shellQuote";
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

/** Commands that what we install runs. kube-proxy has needed no `conntrack` since 1.32; `ipvsadm` is for people only. */
export function requiredPackages(needs: PackageNeeds): PackageRequirement[] {
  const { kubeProxyMode, cniMode } = needs;
  // The bridge network's masquerade rules are for nft whatever kube-proxy uses; both live side by side in the kernel.
  const nft = kubeProxyMode === "nftables" || cniMode === "bridge";
  const required = [everywhere("mount", { apt: "mount", dnf: "util-linux", zypper: "util-linux" })];
  if (nft) {
    required.push(everywhere("nft", "nftables"));
  }
  if (kubeProxyMode !== "nftables") {
    required.push(everywhere("iptables", "iptables"));
  }
  if (kubeProxyMode === "ipvs") {
    required.push(everywhere("ipset", "ipset"), everywhere("ipvsadm", "ipvsadm"));
  }
  return required;
}

function everywhere(command: string, packages: string | PackageRequirement["packages"]): PackageRequirement {
  return {
    command,
    packages: typeof packages === "string" ? { apt: packages, dnf: packages, zypper: packages } : packages,
  };
}

/**
 * Installs what is missing by the host's own package manager. Where every command is there it runs nothing, so no network
 * is needed. apt-get asks for fresh lists only after it failed with those it has.
 */
export function installPackagesScript(requirements: readonly PackageRequirement[]): string {
  const needs = requirements.map(({ command, packages }) =>
    ["need", command, packages.apt, packages.dnf, packages.zypper].map(shellQuote).join(" "),
  );
  return `${prelude}${hasFunction}missing='' apt='' dnf='' zypper=''
need() {
  has "$1" && return
  missing="$missing $1" apt="$apt $2" dnf="$dnf $3" zypper="$zypper $4"
}
${needs.join("\n")}
[ -n "$missing" ] || exit 0

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@" </dev/null
}
# The lists are names from above, split on purpose. A package's questions must not eat the script from standard input.
if has apt-get; then
  apt_install $apt || { apt-get -q update && apt_install $apt; }
elif has dnf; then
  dnf -q -y --setopt=install_weak_deps=False install $dnf </dev/null
elif has yum; then
  yum -q -y install $dnf </dev/null
elif has zypper; then
  ZYPP_LOCK_TIMEOUT=120 zypper --quiet --non-interactive install --no-recommends $zypper </dev/null
else
  echo "packages: commands$missing are missing and no apt-get, dnf, yum or zypper is there; install them by hand" >&2
  exit 1
fi || { echo "packages: commands$missing could not be installed, see above; install them by hand" >&2; exit 1; }

for command in $missing; do
  has "$command" && continue
  echo "packages: command $command is still missing after its package was installed; install it by hand" >&2
  exit 1
done
`;
}
