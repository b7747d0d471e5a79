# shellcheck shell=sh
# Looks for drift of kube-proxy: what is ours and wrong, and what is not ours; reads only. See look.sh for what it prints.
. ../../base/scripts/prelude.sh
: "${mode:?nftables, iptables or ipvs}"
. ./chains.sh
. ./kubeProxyLeftovers.sh
. ./kubeProxyRules.sh
. ./look.sh

look_at_unit kube-proxy.service
[ "$(systemctl is-active kube-proxy 2> /dev/null)" != active ] || kube_proxy_rules "$mode" \
  || fault "the rules of kube-proxy are gone from the kernel (a firewall's reload?)"
left=$(other_leftovers "$mode" | tr '\n' ',')
[ -z "$left" ] || fault "of another mode of kube-proxy this is left: ${left%,}"
exit 0
