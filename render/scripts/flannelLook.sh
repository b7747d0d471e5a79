# shellcheck shell=sh
# Looks for drift of flannel: what is ours and wrong, and what is not ours; reads only. See look.sh for what it prints. Routes of
# backend host-gw are not looked at: flanneld brings them back itself.
. ../../base/scripts/prelude.sh
: "${backend:?vxlan or host-gw}"
. ./paths.sh
. ./flannelLinks.sh
. ./look.sh

# look_at_link LINK FAMILY: each node that flanneld knows has an entry in the table of neighbours, and has to have a route.
look_at_link() {
  if ! [ -d "/sys/class/net/$1" ]; then
    fault "the interface $1 is gone"
    return
  fi
  routes=$(ip "$2" route show dev "$1" 2> /dev/null)
  for peer in $(ip "$2" neighbour show dev "$1" nud permanent 2> /dev/null | cut -d' ' -f1); do
    printf '%s\n' "$routes" | grep -qF " via $peer " || fault "the route to the pods at $peer is gone from $1"
  done
}

look_at_vxlan() {
  ! grep -qs '^FLANNEL_SUBNET=' "$flannel_subnets" || look_at_link flannel.1 -4
  ! grep -qs '^FLANNEL_IPV6_SUBNET=' "$flannel_subnets" || look_at_link flannel-v6.1 -6
}

look_at_unit flanneld.service
[ "$(systemctl is-active flanneld 2> /dev/null)" = active ] || exit 0
[ -e "$flannel_subnets" ] || fault "$flannel_subnets is gone, so that no pod gets an address"
if [ "$backend" = vxlan ]; then
  look_at_vxlan
else
  for link in $(flannel_links); do fault "of flannel's backend vxlan the interface $link is left"; done
fi
exit 0
