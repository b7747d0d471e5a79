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
rm -f /etc/cni/net.d/10-containerd-net.conflist
if [ -d /sys/class/net/cni0 ] && has ip; then
  ip link delete cni0
fi
for namespace in /run/netns/cni-*; do
  [ -e "$namespace" ] || continue
  umount "$namespace" 2>/dev/null
  rm -f "$namespace"
done
rm -rf /run/cni/networks/kubernetes-worker-nodes /var/lib/cni/networks/kubernetes-worker-nodes
rm -f /var/lib/cni/results/kubernetes-worker-nodes-* /var/lib/cni/results/cni-loopback-*
rmdir /run/cni/networks /run/cni /run/netns /var/lib/cni/results /var/lib/cni/networks /var/lib/cni 2>/dev/null
if [ -z "$(ls -A /var/lib/cni/results 2>/dev/null)" ]; then
  if has nft; then
    for family in ip ip6; do nft delete table "$family" cni_hostport 2>/dev/null; done
  fi
  remove_chains nat 'CNI-\(HOSTPORT-[A-Z]*\|DN-.*\)'
fi
exit 0
