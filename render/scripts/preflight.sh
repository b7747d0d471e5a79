# shellcheck shell=sh
# Read-only checks of a host. Every problem found is printed at once, one line each as "preflight: WHAT is SEEN: RULE; FIX", and the
# exit code is 1. Where all is well: one line with the host's facts, the same each time; before it "adopts|TEXT" for what is to be
# replaced on a node that is taken over, and "foreign|TEXT" for what is not ours and stays.
#
# Its surroundings may set `claimed` (this stack's record is on the host) and `adopt` (take over a node of this cluster).
. ../../base/scripts/prelude.sh
: "${machine:?what uname -m has to say}"
: "${arch:?what the settings call it}"
: "${commands?commands that have to be there, one a line}"
: "${later_commands?commands that packages bring later, one a line}"
: "${mode:?of kube-proxy: nftables, iptables, ipvs or none}"
: "${modules?for each kernel module MODULE PATH OPTION, - for none}"
: "${mode_modules?likewise, of those that only the mode asks for}"
: "${cni_mode:?bridge, flannel or none}"
: "${flannel_port?port of the health of flanneld, empty where there is none}"
: "${fail_swap_on?yes where the kubelet refuses swap}"
: "${fail_cgroup_v1?yes where the kubelet refuses cgroup v1}"
: "${kubelet_port:?port of the API of the kubelet}"
: "${resolv_conf?file that pods get, empty for none}"
: "${proxy_ports?of the proxy to the API servers, one a line}"
: "${api_servers?behind it, HOST:PORT, one a line}"
: "${subject?what the certificate of each has to have for clients of the proxy, as openssl writes it}"
problems=0
problem() {
  printf 'preflight: %s is %s: %s; %s\n' "$1" "$2" "$3" "$4" >&2
  problems=$((problems + 1))
}
. ./paths.sh
. ./conflist.sh
. ./containerdImports.sh
. ./otherCluster.sh
. ./flannelLinks.sh
. ./apiServers.sh
. ../../base/scripts/modules.sh

check_platform() {
  system=$(uname -s) architecture=$(uname -m)
  [ "$system" = Linux ] || problem "operating system" "$system" "must be Linux" "use a Linux host"
  [ "$architecture" = "$machine" ] \
    || problem architecture "$architecture" "must be $machine ($arch)" "correct the host's arch setting"
  if ! [ -d /run/systemd/system ] || [ "$(cat /proc/1/comm 2> /dev/null)" != systemd ]; then
    problem "init system" "$(cat /proc/1/comm 2> /dev/null || echo unknown)" "must be a running systemd" "boot the host with systemd"
  fi
}

# Commands that packages bring later only need a package manager that can bring them.
check_commands() {
  while IFS= read -r command; do
    [ -z "$command" ] || has "$command" || problem "command $command" missing "must be installed" "install it"
  done << END
$commands
END
  if has apt-get || has dnf || has yum || has zypper; then return; fi
  while IFS= read -r command; do
    [ -z "$command" ] || has "$command" \
      || problem "command $command" missing "must be installed, there is no package manager I know" "install it by hand"
  done << END
$later_commands
END
}

check_containerd() {
  containerd_version=missing
  if ! has containerd; then
    problem containerd missing "must be 2.0 or newer" "install containerd 2 and enable its service"
    return
  fi
  containerd_version=$(containerd_version)
  ! is_old "$containerd_version" \
    || problem containerd "version ${containerd_version:-unknown}" "must be 2.0 or newer" "upgrade containerd"
  [ -S "$containerd_socket" ] \
    || problem "containerd's socket" missing "must be $containerd_socket" "start it: systemctl enable --now containerd"
  imports_drop_ins \
    || problem "$containerd_config" "$([ -e "$containerd_config" ] && echo 'without imports of drop-ins' || echo missing)" \
      "must import $containerd_drop_ins/*.toml" "add the lines: version = 3 and imports = [\"$containerd_drop_ins/*.toml\"]"
  ! containerd_settings | grep -Eq 'disabled_plugins *= *\[[^]]*cri' \
    || problem "$containerd_config" "with the CRI plugin disabled" "must leave it enabled" "remove cri from disabled_plugins and restart containerd"
}

# check_modules TABLE WHAT-FOR FIX: each is there, or modprobe says that it could load it.
# shellcheck disable=SC2086
check_modules() {
  what_for=$2 fix=$3
  set -- $1
  while [ $# -gt 0 ]; do
    module_present "$1" "$2" "$3" || modprobe -n -q "$1" > /dev/null 2>&1 || ! modules_are_told \
      || problem "kernel module $1" "neither loaded, built in nor to be found" "must be there$what_for" "$fix"
    shift 3
  done
}

# knftables, which kube-proxy uses, refuses older kernels and tools.
check_nftables() {
  kernel_release
  major=${kernel_release%%.*} minor=${kernel_release#*.}
  minor=${minor%%[!0-9]*}
  if [ "$major" -lt 5 ] || { [ "$major" -eq 5 ] && [ "${minor:-0}" -lt 13 ]; }; then
    problem kernel "$kernel_release" "must be 5.13 or newer for kubeProxyMode nftables" "upgrade the kernel or set kubeProxyMode to iptables"
  fi
  has nft || return 0
  nft_version=$(nft --version | sed -n 's/^nftables v\([0-9.]*\).*/\1/p')
  case $nft_version in
    0.* | 1.0 | 1.0.0)
      problem nft "version $nft_version" "must be 1.0.1 or newer" "upgrade nftables or set kubeProxyMode to iptables"
      ;;
  esac
}

check_swap() {
  swaps=$(sed -n '2,$s/[[:space:]].*//p' /proc/swaps 2> /dev/null | tr '\n' ' ')
  [ -z "$swaps" ] \
    || problem swap "on (${swaps% })" "must be off, the kubelet refuses to start" "run swapoff -a and take it out of /etc/fstab, or set kubeletConfiguration.failSwapOn to false"
}

# check_port NUMBER UNIT: it is fine when the unit that shall have it runs, since that is then who has it.
check_port() {
  hex=$(printf '%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2> /dev/null | grep -Eq "^ *[0-9]+: [0-9A-F]+:$hex [0-9A-F]+:0000 0A " || return 0
  systemctl is-active --quiet "$2" && return 0
  owner=$(ss -Hltnp "sport = :$1" 2> /dev/null | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | sort -u | head -n 1)
  problem "port $1" "in use by ${owner:-another process}" "must be free for $2" "stop that process or remove the other cluster's $2"
}

# One that does not answer now is not known; the proxy waits for it.
check_certificates() {
  for server in $api_servers; do
    ! names=$(wrong_certificate "$server" "$subject") \
      || problem "the certificate of the API server $server" "for $names" "must have $subject, by which kubelet and kube-proxy ask for it through the proxy" "make it anew with that name (kubeadm: apiServer.certSANs), or set apiServerEndpoint to a loopback address that it has"
  done
}

# systemd-resolved's stub answers on the host only; in a pod the same address is the pod itself.
check_resolv_conf() {
  if ! [ -e "$resolv_conf" ]; then
    problem "$resolv_conf" missing "must exist, pods get it" "correct kubeletConfiguration.resolvConf"
  elif grep -Eqs '^nameserver[[:space:]]+127\.0\.0\.5[34]' "$resolv_conf"; then
    problem "$resolv_conf" "systemd-resolved's own address" "must name servers that pods can reach" "set kubeletConfiguration.resolvConf to /run/systemd/resolve/resolv.conf"
  fi
}

# check_space DIRECTORY: 1 GiB; binaries and CNI plugins take 250 MiB, images what is left.
check_space() {
  directory=$1
  while ! [ -d "$directory/" ]; do directory=${directory%/*}; done
  free=$(df -Pk "$directory/" | sed -n '2s/ *[^ ]* *[^ ]* *[^ ]* *\([0-9]*\).*/\1/p')
  [ "${free:-1048576}" -ge 1048576 ] \
    || problem "free space in $1" "$((free / 1024)) MiB" "must be 1 GiB or more" "make room or mount a larger disk"
}

# containerd renders our network only while there is no other, and one of its own name would be taken for ours.
check_network() {
  ! conflist_is_ours || return 0
  other=$(find "$cni_conf_directory/" -maxdepth 1 \( -name '*.conf' -o -name '*.conflist' -o -name '*.json' \) 2> /dev/null | sort | head -n 1)
  [ -z "$other" ] || problem "$other" "the network of somebody else" "must not be there with cniMode $cni_mode" "move it away, or set cniMode to none"
}

# flanneld and its interfaces are of one name whoever has started it: another one, as of a DaemonSet, would fight with ours for them.
check_flannel() {
  check_port "$flannel_port" flanneld
  check_drop_ins flanneld.service
  ! grep -qs "^ExecStart=/opt/kubernetes/bin/" "$flannel_unit" || return 0
  for found in $(unit_files flanneld.service) $(flannel_links | sed 's|^|/sys/class/net/|'); do
    problem "$found" "the flannel of somebody else" "must not be there with cniMode flannel" "remove that flannel from this host, or set cniMode to none"
  done
  ! runs flanneld \
    || problem "a process flanneld" "the flannel of somebody else" "must not run with cniMode flannel" "remove that flannel from this host, or set cniMode to none"
}

# A drop-in that replaces ExecStart runs another program than ours, also on a host of ours.
check_drop_ins() {
  while IFS='|' read -r kind path; do
    case $kind in
      replaces) problem "$path" "a drop-in that replaces ExecStart of $1" "must not be there" "remove it, or mask it: ln -s /dev/null /etc/systemd/system/$1.d/${path##*/}" ;;
      adds) echo "foreign|$path is a drop-in of $1" ;;
    esac
  done << END
$(drop_ins "$1")
END
}

cgroup=v1
[ -e /sys/fs/cgroup/cgroup.controllers ] && cgroup=v2
check_platform
check_commands
check_containerd
package="install the kernel's module package (in a container: load it on the machine that runs it)"
check_modules "$modules" '' "$package"
case $mode in
  nftables)
    check_modules "$mode_modules" " for kubeProxyMode nftables" "$package, or set kubeProxyMode to iptables"
    check_nftables
    ;;
  *) check_modules "$mode_modules" " for kubeProxyMode $mode" "$package, or set kubeProxyMode to nftables" ;;
esac
[ -z "$fail_swap_on" ] || check_swap
[ -z "$fail_cgroup_v1" ] || [ "$cgroup" = v2 ] \
  || problem "cgroup hierarchy" v1 "must be v2, the kubelet refuses to start" "boot with systemd.unified_cgroup_hierarchy=1, or set kubeletConfiguration.failCgroupV1 to false"
check_port "$kubelet_port" kubelet
[ "$mode" = none ] || check_port 10256 kube-proxy
for port in $proxy_ports; do check_port "$port" kube-apiserver-proxy; done
check_certificates
[ -z "$resolv_conf" ] || check_resolv_conf
check_space /opt
check_space /var/lib
[ "$cni_mode" = none ] || check_network
[ "$cni_mode" != flannel ] || check_flannel
check_drop_ins kubelet.service
check_drop_ins kube-proxy.service
[ -z "$proxy_ports" ] || check_drop_ins kube-apiserver-proxy.service
[ -n "${claimed:-}" ] || check_other_cluster
[ "$problems" -eq 0 ] || exit 1
kernel_release
# shellcheck disable=SC1091 # The host has it.
os=$(. /etc/os-release 2> /dev/null && echo "${PRETTY_NAME:-}")
echo "${os:-Linux}, kernel $kernel_release, $architecture, containerd $containerd_version, cgroup $cgroup"
