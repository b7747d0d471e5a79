set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
failed=0
built_in() {
  grep -qs "/$1\.ko" "/lib/modules/$(uname -r)/modules.builtin" && return 0
  [ -n "$2" ] || return 1
  { zcat /proc/config.gz || cat "/boot/config-$(uname -r)"; } 2>/dev/null | grep -q "^$2=y"
}
present() {
  [ -d "/sys/module/$1" ] && return 0
  [ -n "$2" ] && [ -e "$2" ] && return 0
  # A file system says itself whether it is there.
  grep -qws "$1" /proc/filesystems && return 0
  built_in "$1" "$3"
}
ensure() {
  present "$1" "$2" "$3" && return
  answer=$(modprobe "$1" 2>&1) && return
  echo "modules: kernel module $1 is neither loaded nor built in and modprobe cannot load it ($answer);" \
    "install the kernel's module package, or load it on the machine that runs this container" >&2
  failed=1
}
ensure br_netfilter /proc/sys/net/bridge/bridge-nf-call-iptables CONFIG_BRIDGE_NETFILTER
ensure nf_conntrack /proc/sys/net/netfilter/nf_conntrack_max CONFIG_NF_CONNTRACK
ensure overlay '' CONFIG_OVERLAY_FS
exit "$failed"
