set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
has() { command -v "$1" >/dev/null 2>&1; }
remove_chains() {
  for tool in iptables ip6tables; do
    if ! has "$tool" || ! has "$tool-restore"; then continue; fi
    rules=$("$tool" -w -t "$1" -S 2>/dev/null) || continue
    chains=$(printf '%s\n' "$rules" | sed -n "s/^-N \($2\)\$/\1/p")
    [ -n "$chains" ] || continue
    {
      echo "*$1"
      for chain in $chains; do
        printf '%s\n' "$rules" | sed -n -e "s/^-A \(.* -[jg] $chain\( .*\)\{0,1\}\)\$/-D \1/p"
      done
      for chain in $chains; do echo "-F $chain"; done
      for chain in $chains; do echo "-X $chain"; done
      echo COMMIT
    } | "$tool-restore" -w --noflush || echo "$tool: chains $chains of table $1 could not be removed" >&2
  done
}
if [ -x /opt/kubernetes/bin/kube-proxy ] && [ -e /etc/kubernetes/kube-proxy-config.yaml ]; then
  timeout 60 /opt/kubernetes/bin/kube-proxy --cleanup --config=/etc/kubernetes/kube-proxy-config.yaml >/dev/null 2>&1
fi
if has nft; then
  for family in ip ip6; do
    nft delete table "$family" kube-proxy 2>/dev/null
  done
fi
# The sets of ipvs mode go with the chains that match on them; the address of each Service with its interface.
for table in nat filter mangle; do
  remove_chains "$table" 'KUBE-\(SERVICES\|EXTERNAL-SERVICES\|NODEPORTS\|NODE-PORT\|POSTROUTING\|FORWARD\|PROXY-[A-Z-]*\|MARK-MASQ\|LOAD-BALANCER\|SOURCE-RANGES-FIREWALL\|IPVS-[A-Z-]*\|SVC-.*\|SVL-.*\|SEP-.*\|EXT-.*\|FW-.*\|XLB-.*\)'
done
if has ipset; then
  for set in $(ipset list -n 2>/dev/null | grep '^KUBE-'); do ipset destroy "$set" 2>/dev/null; done
fi
if [ -d /sys/class/net/kube-ipvs0 ]; then
  # Without its interface nobody sends to a virtual server of kube-proxy; others' virtual servers are left alone.
  ip link delete kube-ipvs0
fi
exit 0
