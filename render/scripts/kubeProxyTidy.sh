# shellcheck shell=sh
# Takes away what kube-proxy has left in the kernel of modes that it ran in before. To run when it works in its mode, so that Services
# are answered all the while; fails where something stays.
. ../../base/scripts/prelude.sh
: "${mode:?nftables, iptables or ipvs}"
. ./chains.sh
. ./kubeProxyLeftovers.sh

[ -n "$(other_leftovers "$mode")" ] || exit 0
remove_other_leftovers "$mode"
left=$(other_leftovers "$mode" | tr '\n' ',')
[ -z "$left" ] || {
  echo "kube-proxy runs in mode $mode, and of another mode this is left: ${left%,}" >&2
  exit 1
}
