set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
has() { command -v "$1" >/dev/null 2>&1; }
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
problems=0
problem() {
  echo "preflight: $1 is $2: $3; $4" >&2
  problems=$((problems + 1))
}
cgroup=v1
[ -e /sys/fs/cgroup/cgroup.controllers ] && cgroup=v2
containerd_version=missing
[ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null ||
  problem "login user" "$(id -un)" "must be root or use sudo without a password" "log in as root or add a sudoers rule with NOPASSWD"
[ "$(uname -s)" = Linux ] || problem "operating system" "$(uname -s)" "must be Linux" "use a Linux host"
[ "$(uname -m)" = aarch64 ] ||
  problem architecture "$(uname -m)" "must be aarch64 (arm64)" "correct the host's arch setting"
if ! [ -d /run/systemd/system ] || [ "$(cat /proc/1/comm 2>/dev/null)" != systemd ]; then
  problem "init system" "$(cat /proc/1/comm 2>/dev/null || echo unknown)" "must be a running systemd" "boot the host with systemd"
fi
for command in awk curl flock grep sed systemctl tar timeout; do
  has "$command" || problem "command $command" missing "must be installed" "install it"
done
if ! has apt-get && ! has dnf && ! has yum && ! has zypper; then
  for command in mount iptables; do
    has "$command" || problem "command $command" missing "must be installed, there is no package manager I know" "install it by hand"
  done
fi
if has containerd; then
  containerd_version=$(containerd --version | cut -d' ' -f3 | sed 's/^v//')
  case ${containerd_version%%.*} in
    '' | *[!0-9]* | 0 | 1)
      problem containerd "version ${containerd_version:-unknown}" "must be 2.0 or newer" "upgrade containerd" ;;
  esac
  [ -S /run/containerd/containerd.sock ] ||
    problem "containerd's socket" missing "must be /run/containerd/containerd.sock" "start it: systemctl enable --now containerd"
  config=$(as_root cat /etc/containerd/config.toml 2>/dev/null | sed 's/#.*//' | tr '\n' ' ')
  printf '%s' "$config" | grep -Eq 'imports *= *\[[^]]*["'"'"'](/etc/containerd/conf.d|conf\.d)/\*\.toml["'"'"']' ||
    problem /etc/containerd/config.toml "$([ -e /etc/containerd/config.toml ] && echo 'without imports of drop-ins' || echo missing)" \
      "must import /etc/containerd/conf.d/*.toml" "add the lines: version = 3 and imports = [\"/etc/containerd/conf.d/*.toml\"]"
  printf '%s' "$config" | grep -Eq 'disabled_plugins *= *\[[^]]*cri' &&
    problem /etc/containerd/config.toml "with the CRI plugin disabled" "must leave it enabled" "remove cri from disabled_plugins and restart containerd"
else
  problem containerd missing "must be 2.0 or newer" "install containerd 2 and enable its service"
fi
# port NUMBER UNIT
port() {
  hex=$(printf '%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -Eq "^ *[0-9]+: [0-9A-F]+:$hex [0-9A-F]+:0000 0A " || return 0
  systemctl is-active --quiet "$2" && return 0
  owner=$(as_root ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | sort -u | head -n 1)
  problem "port $1" "in use by ${owner:-another process}" "must be free for $2" "stop that process or remove the other cluster's $2"
}
port 10350 kubelet
port 10256 kube-proxy
if ! [ -e /run/systemd/resolve/resolv.conf ]; then
  problem /run/systemd/resolve/resolv.conf missing "must exist, pods get it" "correct kubeletConfiguration.resolvConf"
elif grep -Eqs '^nameserver[[:space:]]+127\.0\.0\.5[34]' /run/systemd/resolve/resolv.conf; then
  problem /run/systemd/resolve/resolv.conf "systemd-resolved's own address" "must name servers that pods can reach" "set kubeletConfiguration.resolvConf to /run/systemd/resolve/resolv.conf"
fi
# space DIRECTORY
space() {
  directory=$1
  while ! [ -d "$directory" ]; do directory=$(dirname "$directory"); done
  free=$(df -Pk "$directory" | sed -n '2s/ *[^ ]* *[^ ]* *[^ ]* *\([0-9]*\).*/\1/p')
  [ "${free:-1048576}" -ge 1048576 ] ||
    problem "free space in $1" "$((free / 1024)) MiB" "must be 1 GiB or more" "make room or mount a larger disk"
}
space /opt
space /var/lib

[ "$problems" -eq 0 ] || exit 1
os=$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-}")
echo "${os:-Linux}, kernel $(uname -r), $(uname -m), containerd $containerd_version, cgroup $cgroup"
