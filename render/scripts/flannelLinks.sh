# shellcheck shell=sh
# What flanneld has in the kernel: an interface a family with backend vxlan, routes by other hosts with host-gw. Needs paths.sh.

# flannel_links: those interfaces that are there, one a line.
flannel_links() {
  for link in flannel.1 flannel-v6.1; do [ ! -d "/sys/class/net/$link" ] || echo "$link"; done
}

# flannel_routes: the routes to pods of other nodes by their hosts, as `ip route` takes them. They are those in flannel's networks by a
# neighbour that no other program has signed.
flannel_routes() {
  for key in FLANNEL_NETWORK FLANNEL_IPV6_NETWORK; do
    network=$(sed -n "s/^$key=//p" "$flannel_subnets" 2> /dev/null)
    [ -z "$network" ] || ip "$(family_of "$network")" route show root "$network" 2> /dev/null
  done | awk '/ via / && / dev / && !/ proto / && !/ dev (flannel|cni)/ { print $1, $2, $3, $4, $5 }'
}
family_of() { case $1 in *:*) echo -6 ;; *) echo -4 ;; esac }

remove_flannel_links() {
  for link in $(flannel_links); do ip link delete "$link" || echo "the interface $link could not be removed" >&2; done
}
remove_flannel_routes() {
  flannel_routes | while read -r range via host dev interface; do
    ip "$(family_of "$range")" route delete "$range" "$via" "$host" "$dev" "$interface" \
      || echo "the route to $range by $host could not be removed" >&2
  done
}
