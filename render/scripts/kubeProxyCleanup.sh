# shellcheck shell=sh
# Takes kube-proxy's rules out of the kernel. To run after the unit stopped, while binary and configuration are still there.
# kube-proxy's own --cleanup covers all modes; what follows it is for a binary that no longer runs.
. ../../base/scripts/prelude.sh
. ./paths.sh
. ./chains.sh

# The version that the unit started.
kube_proxy=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$kube_proxy_unit" 2> /dev/null)
if [ -x "$kube_proxy" ] && [ -e "$kube_proxy_configuration" ]; then
  timeout 60 "$kube_proxy" --cleanup --config="$kube_proxy_configuration" > /dev/null 2>&1
fi
remove_nft_tables kube-proxy
# The sets of ipvs mode go with the chains that match on them; the address of each Service with its interface.
for table in nat filter mangle; do
  remove_chains "$table" 'KUBE-\(SERVICES\|EXTERNAL-SERVICES\|NODEPORTS\|NODE-PORT\|POSTROUTING\|FORWARD\|PROXY-[A-Z-]*\|MARK-MASQ\|LOAD-BALANCER\|SOURCE-RANGES-FIREWALL\|IPVS-[A-Z-]*\|SVC-.*\|SVL-.*\|SEP-.*\|EXT-.*\|FW-.*\|XLB-.*\)'
done
if has ipset; then
  for set in $(ipset list -n 2> /dev/null | grep '^KUBE-'); do ipset destroy "$set" 2> /dev/null; done
fi
if [ -d /sys/class/net/kube-ipvs0 ]; then
  # Without its interface nobody sends to a virtual server of kube-proxy; others' virtual servers are left alone.
  ip link delete kube-ipvs0
fi
exit 0
