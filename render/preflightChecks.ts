import { paths } from "./paths";
import type { Arch } from "../base/arch";

/*
 * Checks of one fact each, as lines of shell. They call `problem WHAT SEEN RULE FIX` for what is wrong, and never write.
 */

const machines: Record<Arch, string> = { amd64: "x86_64", arm64: "aarch64" };

export const privilegeCheck = `[ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null ||
  problem "login user" "$(id -un)" "must be root or use sudo without a password" "log in as root or add a sudoers rule with NOPASSWD"
`;

export function platformCheck(arch: Arch): string {
  return `[ "$(uname -s)" = Linux ] || problem "operating system" "$(uname -s)" "must be Linux" "use a Linux host"
[ "$(uname -m)" = ${machines[arch]} ] ||
  problem architecture "$(uname -m)" "must be ${machines[arch]} (${arch})" "correct the host's arch setting"
`;
}

export const systemdCheck = `if ! [ -d /run/systemd/system ] || [ "$(cat /proc/1/comm 2>/dev/null)" != systemd ]; then
  problem "init system" "$(cat /proc/1/comm 2>/dev/null || echo unknown)" "must be a running systemd" "boot the host with systemd"
fi
`;

/** containerd without config.toml loads no drop-in, and one without `imports` neither. */
export const containerdCheck = `if has containerd; then
  containerd_version=$(containerd --version | cut -d' ' -f3 | sed 's/^v//')
  case \${containerd_version%%.*} in
    '' | *[!0-9]* | 0 | 1)
      problem containerd "version \${containerd_version:-unknown}" "must be 2.0 or newer" "upgrade containerd" ;;
  esac
  [ -S ${paths.containerdSocket} ] ||
    problem "containerd's socket" missing "must be ${paths.containerdSocket}" "start it: systemctl enable --now containerd"
  config=$(as_root cat ${paths.containerdConfig} 2>/dev/null | sed 's/#.*//' | tr '\\n' ' ')
  printf '%s' "$config" | grep -Eq 'imports *= *\\[[^]]*["'"'"'](${paths.containerdDropIns}|conf\\.d)/\\*\\.toml["'"'"']' ||
    problem ${paths.containerdConfig} "$([ -e ${paths.containerdConfig} ] && echo 'without imports of drop-ins' || echo missing)" \\
      "must import ${paths.containerdDropIns}/*.toml" "add the lines: version = 3 and imports = [\\"${paths.containerdDropIns}/*.toml\\"]"
  printf '%s' "$config" | grep -Eq 'disabled_plugins *= *\\[[^]]*cri' &&
    problem ${paths.containerdConfig} "with the CRI plugin disabled" "must leave it enabled" "remove cri from disabled_plugins and restart containerd"
else
  problem containerd missing "must be 2.0 or newer" "install containerd 2 and enable its service"
fi
`;

/** knftables, which kube-proxy uses, refuses older kernels and tools. */
export const nftablesCheck = `release=$(uname -r)
major=\${release%%.*} minor=\${release#*.}
minor=\${minor%%[!0-9]*}
if [ "$major" -lt 5 ] || { [ "$major" -eq 5 ] && [ "\${minor:-0}" -lt 13 ]; }; then
  problem kernel "$release" "must be 5.13 or newer for kube-proxy's mode nftables" "upgrade the kernel or set kubeProxyMode to iptables"
fi
if has nft; then
  nft_version=$(nft --version | sed -n 's/^nftables v\\([0-9.]*\\).*/\\1/p')
  case $nft_version in
    0.* | 1.0 | 1.0.0) problem nft "version $nft_version" "must be 1.0.1 or newer" "upgrade nftables or set kubeProxyMode to iptables" ;;
  esac
fi
`;

export const swapCheck = `swaps=$(sed -n '2,$s/[[:space:]].*//p' /proc/swaps 2>/dev/null | tr '\\n' ' ')
[ -z "$swaps" ] ||
  problem swap "on (\${swaps% })" "must be off, the kubelet refuses to start" "run swapoff -a and take it out of /etc/fstab, or set kubeletConfiguration.failSwapOn to false"
`;

export const cgroupCheck = `[ "$cgroup" = v2 ] ||
  problem "cgroup hierarchy" v1 "must be v2, the kubelet refuses to start" "boot with systemd.unified_cgroup_hierarchy=1, or set kubeletConfiguration.failCgroupV1 to false"
`;

/** A port is fine when the unit that shall have it runs, since that is then who has it. */
export const portFunction = `# port NUMBER UNIT
port() {
  hex=$(printf '%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -Eq "^ *[0-9]+: [0-9A-F]+:$hex [0-9A-F]+:0000 0A " || return 0
  systemctl is-active --quiet "$2" && return 0
  owner=$(as_root ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\\([^"]*\\)".*/\\1/p' | sort -u | head -n 1)
  problem "port $1" "in use by \${owner:-another process}" "must be free for $2" "stop that process or remove the other cluster's $2"
}
`;

/** systemd-resolved's stub answers on the host only; in a pod the same address is the pod itself. */
export function resolvConfCheck(path: string): string {
  return `if ! [ -e ${path} ]; then
  problem ${path} missing "must exist, pods get it" "correct kubeletConfiguration.resolvConf"
elif grep -Eqs '^nameserver[[:space:]]+127\\.0\\.0\\.5[34]' ${path}; then
  problem ${path} "systemd-resolved's own address" "must name servers that pods can reach" "set kubeletConfiguration.resolvConf to /run/systemd/resolve/resolv.conf"
fi
`;
}

/** 1 GiB: binaries and CNI plugins take 250 MiB, images what is left. */
export const spaceFunction = `# space DIRECTORY
space() {
  directory=$1
  while ! [ -d "$directory" ]; do directory=$(dirname "$directory"); done
  free=$(df -Pk "$directory" | sed -n '2s/ *[^ ]* *[^ ]* *[^ ]* *\\([0-9]*\\).*/\\1/p')
  [ "\${free:-1048576}" -ge 1048576 ] ||
    problem "free space in $1" "$((free / 1024)) MiB" "must be 1 GiB or more" "make room or mount a larger disk"
}
`;
