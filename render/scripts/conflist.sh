# shellcheck shell=sh
# The conflist that containerd renders from our template. Needs paths.sh.

# conflist_is_ours: true if it is there and of our network; containerd's name for the file is that of other templates too.
conflist_is_ours() { grep -qs "\"name\": *\"$cni_network_name\"" "$cni_conflist"; }

# conflist_subnets: the ranges of the Node that are in it, one a line.
conflist_subnets() { sed -n 's/.*"subnet": *"\([0-9a-fA-F:.\/]*\)".*/\1/p' "$cni_conflist"; }

# expected_conflist: the template with the ranges that the conflist has; "{{" stays in it where the template asks for more.
expected_conflist() {
  index=0 edits=''
  for subnet in $(conflist_subnets); do
    edits="$edits;s|{{index .PodCIDRRanges $index}}|$subnet|"
    index=$((index + 1))
  done
  sed "$edits" "$cni_template"
}

# refresh_conflist: makes it anew from a changed template. containerd renders the template only while no configuration is there,
# so without this a change would reach new nodes only. Running pods keep what they have.
refresh_conflist() {
  # Not there before the Node's first registration: containerd writes it then.
  [ -e "$cni_template" ] && conflist_is_ours || return 0
  # Hidden and without a known suffix, so that containerd does not load it half written.
  fresh=$(dirname "$cni_conflist")/.kubernetes-worker-nodes.new
  expected_conflist > "$fresh" || return 1
  if grep -q '{{' "$fresh"; then
    # More ranges than before: containerd has to ask the kubelet, which tells it at its next start.
    rm -f "$fresh" "$cni_conflist"
  elif cmp -s "$fresh" "$cni_conflist"; then
    rm -f "$fresh"
  else
    chmod 0644 "$fresh" && mv -f "$fresh" "$cni_conflist"
  fi
}
