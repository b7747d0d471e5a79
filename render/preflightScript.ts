import { kubeletHostFacts } from "./kubeletConfiguration";
import { requiredPackages } from "./packages";
import {
  cgroupCheck,
  containerdCheck,
  nftablesCheck,
  platformCheck,
  portFunction,
  privilegeCheck,
  resolvConfCheck,
  spaceFunction,
  swapCheck,
  systemdCheck,
} from "./preflightChecks";
import { asRootFunction, hasFunction, prelude } from "./shellLibrary";
import { shellQuote } from "../base/shellQuote";
import type { Arch } from "../base/arch";
import type { CniMode, JsonObject, KubeProxyMode } from "./types";

export interface PreflightArgs {
  kubernetesVersion: string;
  /** What the host is expected to be. */
  arch: Arch;
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
  /** KubeletConfiguration overrides: they decide whether swap and cgroup v1 are refused. @default {} */
  kubeletConfiguration?: JsonObject;
  /** More commands that must be there, which no package of ours brings. @default [] */
  commands?: readonly string[];
}

/** Commands of the base system that our scripts and the kubelet use. */
const baseCommands = ["awk", "flock", "grep", "sed", "systemctl", "tar", "timeout"];

/**
 * Read-only checks of a bare host, for the login user. Every problem found is printed at once, one line each as
 * "preflight: WHAT is SEEN: RULE; FIX", and the exit code is 1. Where all is well, one line with the host's facts, the same
 * each time. It also passes on a host that already is a worker node.
 */
export function preflightScript(args: PreflightArgs): string {
  const facts = kubeletHostFacts(args.kubeletConfiguration, args.kubernetesVersion);
  const checks = [
    privilegeCheck,
    platformCheck(args.arch),
    systemdCheck,
    commandsCheck(args),
    containerdCheck,
    args.kubeProxyMode === "nftables" ? nftablesCheck : "",
    facts.failSwapOn ? swapCheck : "",
    facts.failCgroupV1 ? cgroupCheck : "",
    `${portFunction}port ${facts.port} kubelet\nport 10256 kube-proxy\n`,
    facts.resolvConf === "" ? "" : resolvConfCheck(shellQuote(facts.resolvConf)),
    `${spaceFunction}space /opt\nspace /var/lib\n`,
  ];
  return `${prelude}${hasFunction}${asRootFunction}problems=0
problem() {
  echo "preflight: $1 is $2: $3; $4" >&2
  problems=$((problems + 1))
}
cgroup=v1
[ -e /sys/fs/cgroup/cgroup.controllers ] && cgroup=v2
containerd_version=missing
${checks.join("")}
[ "$problems" -eq 0 ] || exit 1
os=$(. /etc/os-release 2>/dev/null && echo "\${PRETTY_NAME:-}")
echo "\${os:-Linux}, kernel $(uname -r), $(uname -m), containerd $containerd_version, cgroup $cgroup"
`;
}

/** Commands that packages bring later only need a package manager that can bring them. */
function commandsCheck(args: PreflightArgs): string {
  const base = [...new Set([...baseCommands, ...(args.commands ?? [])])].sort();
  const later = requiredPackages(args).map(({ command }) => command);
  return `for command in ${base.map(shellQuote).join(" ")}; do
  has "$command" || problem "command $command" missing "must be installed" "install it"
done
if ! has apt-get && ! has dnf && ! has yum && ! has zypper; then
  for command in ${later.map(shellQuote).join(" ")}; do
    has "$command" || problem "command $command" missing "must be installed, there is no package manager I know" "install it by hand"
  done
fi
`;
}
