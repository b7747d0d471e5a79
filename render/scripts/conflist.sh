# shellcheck shell=sh
# The conflist that containerd renders from our template. Needs paths.sh.

# conflist_is_ours: true if it is there and of our network; containerd's name for the file is that of other templates too.
conflist_is_ours() { grep -qs "\"name\": *\"$cni_network_name\"" "$cni_conflist"; }

# conflist_has_flannel: true if its ranges are what flanneld tells its plugin.
conflist_has_flannel() { grep -qs '"type": *"flannel"' "$cni_conflist"; }

# conflist_subnets: the ranges of the Node that are in it, one a line.
conflist_subnets() {
  if conflist_has_flannel; then
    flannel_ranges
  else
    sed -n 's/.*"subnet": *"\([0-9a-fA-F:.\/]*\)".*/\1/p' "$cni_conflist"
  fi
}

# flannel_ranges: the ranges of the Node that flanneld has written; with the first address of each, which is the range's own plus one.
flannel_ranges() {
  sed -n -e 's/^FLANNEL_SUBNET=//p' -e 's/^FLANNEL_IPV6_SUBNET=//p' "$flannel_subnets" 2> /dev/null | awk '{
    split($0, part, "/")
    address = part[1]
    if (address ~ /::1$/) sub(/1$/, "", address)
    else {
      last = substr(address, length(address))
      address = substr(address, 1, length(address) - 1) substr("0123456789abcdef", index("123456789abcdef", last), 1)
    }
    print address "/" part[2]
  }'
}

# expected_conflist: the template with the ranges that the conflist has; "{{" stays in it where the template asks for more.
expected_conflist() {
  index=0 edits=''
  for subnet in $(conflist_subnets); do
    edits="$edits;s|{{index .PodCIDRRanges $index}}|$subnet|"
    index=$((index + 1))
  done
  sed "$edits" "$cni_template"
}

# note_delegates: of the pods that the bridge plugin has plugged in, what flannel's plugin would have noted of them: without that their
# addresses stayed taken when they end.
note_delegates() {
  ranges=$(conflist_subnets | sed 's/.*/[{"subnet":"&"}]/' | tr '\n' , | sed 's/,$//')
  bridge='"type":"bridge","bridge":"'$cni_bridge'","ipMasq":false'
  ipam='"ipam":{"type":"host-local","dataDir":"'$cni_address_directory'","ranges":['$ranges']}'
  mkdir -p -m 0700 "$cni_delegate_directory" || return
  find "$cni_results/" -maxdepth 1 -type f -name "$cni_network_name-*" 2> /dev/null | while IFS= read -r result; do
    pod=${result##*/"$cni_network_name"-}
    printf '{"cniVersion":"0.4.0","name":"%s",%s,%s}\n' "$cni_network_name" "$bridge" "$ipam" > "$cni_delegate_directory/${pod%-*}"
  done
}

# refresh_conflist: makes it anew from a changed template. containerd renders the template only while no configuration is there,
# so without this a change would reach new nodes only. Running pods keep what they have.
refresh_conflist() {
  # Not there before the Node's first registration: containerd writes it then.
  [ -e "$cni_template" ] && conflist_is_ours || return 0
  # Hidden and without a known suffix, so that containerd does not load it half written.
  fresh=${cni_conflist%/*}/.kubernetes-worker-nodes.new
  expected_conflist > "$fresh" || return 1
  if grep -q '{{' "$fresh"; then
    # More ranges than before: containerd has to ask the kubelet, which tells it at its next start.
    rm -f "$fresh" "$cni_conflist"
  elif cmp -s "$fresh" "$cni_conflist"; then
    rm -f "$fresh"
  else
    conflist_has_flannel || ! grep -q '"type": *"flannel"' "$fresh" || note_delegates || return 1
    chmod 0644 "$fresh" && mv -f "$fresh" "$cni_conflist" || return 1
  fi
  # The bridge plugin itself asks for nothing of what flannel's has noted.
  conflist_has_flannel || rm -rf "$cni_delegate_directory"
}
