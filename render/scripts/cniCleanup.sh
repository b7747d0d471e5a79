# shellcheck shell=sh
# Removes the pods' network: the conflist that containerd rendered, the masquerade rules, and of pods that are gone the bridge,
# network namespaces, host ports and addresses. To run when cniMode becomes "none" and on removal. What another network has
# stays, and what processes still use.
. ../../base/scripts/prelude.sh
. ./paths.sh
. ./conflist.sh
. ./ranges.sh
. ./namespaces.sh
. ./chains.sh

# our_results: what the plugins noted of our pods, one file an interface.
our_results() { find "$cni_results/" -maxdepth 1 -type f -name "$cni_network_name-*" 2> /dev/null; }

# bridge_is_shared: true, saying by whom, if a network of somebody else uses the bridge too. flannel's is of that name by default.
bridge_is_shared() {
  {
    find "$cni_conf_directory/" -maxdepth 1 -type f ! -path "$cni_conflist" -exec grep -lE "\"($cni_bridge|flannel)\"" {} \;
    find "$cni_results/" -maxdepth 1 -type f ! -name "$cni_network_name-*" -exec grep -l "\"$cni_bridge\"" {} \;
  } 2> /dev/null | grep .
}

# bridge_has_our_address: false if it has addresses, and none in a range of our conflist.
bridge_has_our_address() {
  addresses=$(ip -o address show dev "$cni_bridge" scope global 2> /dev/null | awk '{ print $4 }')
  subnets=$(conflist_subnets 2> /dev/null)
  [ -n "$addresses" ] && [ -n "$subnets" ] || return 0
  for address in $addresses; do
    for subnet in $subnets; do
      inside "${address%/*}" "$subnet" && return 0
    done
  done
  return 1
}

# namespace_of RESULT: the network namespace of that pod; older plugins do not note it.
namespace_of() { sed -n 's|.*"netns": *"\([^"]*/netns/cni-[^"]*\)".*|\1|p' "$1" | head -n 1; }

remove_bridge() {
  bridge=/sys/class/net/$cni_bridge
  [ -d "$bridge" ] && has ip || return 0
  conflist_is_ours || [ -d "$cni_address_directory/$cni_network_name" ] || [ -n "$(our_results)" ] || return 0
  if user=$(bridge_is_shared); then
    echo "the interface $cni_bridge stays, another network uses it: $(printf '%s' "$user" | head -n 1)" >&2
  elif ! bridge_has_our_address; then
    echo "the interface $cni_bridge stays, its address is not of the pods' range of this Node" >&2
  elif [ -n "$(ls -A "$bridge/brif" 2> /dev/null)" ]; then
    echo "the interface $cni_bridge stays, pods are still plugged into it" >&2
  else
    ip link delete "$cni_bridge"
  fi
}

# What a verification that was killed has left.
remove_namespace "$probe_namespace"
our_results | while IFS= read -r result; do
  remove_namespace "$(namespace_of "$result")"
done
# The kernel takes the interfaces of a namespace away a moment after it.
tries=0
while [ -n "$(ls -A "/sys/class/net/$cni_bridge/brif" 2> /dev/null)" ] && [ "$tries" -lt 10 ]; do
  tries=$((tries + 1))
  sleep 0.3 2> /dev/null || sleep 1
done
remove_bridge
! conflist_is_ours || rm -f "$cni_conflist"
remove_nft_tables "$masquerade_table"
our_results | while IFS= read -r result; do
  [ ! -e "$(namespace_of "$result")" ] || continue
  pod=${result##*/"$cni_network_name"-}
  rm -f "$result" "$cni_results/cni-loopback-${pod%-*}-lo"
done
if [ -z "$(our_results)" ]; then
  rm -rf "$cni_delegate_directory"
  for state in "$cni_address_directory" /var/lib/cni/networks; do
    find "$state/$cni_network_name" -xdev -depth \( -type d -exec rmdir {} \; -o -exec rm -f {} \; \) 2> /dev/null
  done
fi
rmdir "$cni_address_directory" /run/cni /run/netns "$cni_results" /var/lib/cni/networks /var/lib/cni 2> /dev/null
# Host port rules carry no owner; they go only if no other network is in use on the host.
if [ -z "$(ls -A "$cni_results" 2> /dev/null)" ]; then
  remove_nft_tables cni_hostport
  remove_chains nat 'CNI-\(HOSTPORT-[A-Z]*\|DN-.*\)'
fi
exit 0
