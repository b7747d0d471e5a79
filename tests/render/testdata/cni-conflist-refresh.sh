set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
template=/etc/containerd/cni-template.conflist
conflist=/etc/cni/net.d/10-containerd-net.conflist
# Not there before the Node's first registration: containerd writes it then.
[ -e "$conflist" ] && [ -e "$template" ] || exit 0
index=0
edits=
for subnet in $(sed -n 's/.*"subnet": *"\([0-9a-fA-F:.\/]*\)".*/\1/p' "$conflist"); do
  edits="$edits;s|{{index .PodCIDRRanges $index}}|$subnet|"
  index=$((index + 1))
done
# Hidden and without a known suffix, so that containerd does not load it half written.
fresh=$(dirname "$conflist")/.kubernetes-worker-nodes.new
sed "$edits" "$template" >"$fresh" || exit 1
if grep -q '{{' "$fresh"; then
  # More ranges than before: containerd has to ask the kubelet, which tells it at its next start.
  rm -f "$fresh" "$conflist"
elif cmp -s "$fresh" "$conflist"; then
  rm -f "$fresh"
else
  chmod 0644 "$fresh" && mv -f "$fresh" "$conflist"
fi
