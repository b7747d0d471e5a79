# shellcheck shell=sh
# What kube-proxy has in the kernel in each of its modes, as far as the others do not have it too; needs chains.sh.
#
# When kube-proxy starts it takes away itself what is of nftables, or, in mode nftables, what is not. Between iptables and ipvs it
# takes nothing. Virtual servers of others stay, of which it knows nothing either.

ipvs_interface=kube-ipvs0
# Chains of one mode, without KUBE- before them. In filter, SERVICES is of iptables only.
iptables_chains='NODEPORTS\|EXTERNAL-SERVICES\|PROXY-CANARY\|SVC-.*\|SVL-.*\|SEP-.*\|EXT-.*\|FW-.*\|XLB-.*'
ipvs_chains='NODE-PORT\|LOAD-BALANCER\|SOURCE-RANGES-FIREWALL\|IPVS-[A-Z-]*'
shared_chains='SERVICES\|POSTROUTING\|MARK-MASQ\|FORWARD\|PROXY-FIREWALL'

# other_leftovers MODE: what is there that MODE does not have, in a few words a line; every table that is changed is looked at.
other_leftovers() {
  [ "$1" = nftables ] || ! has_nft_table kube-proxy || echo "nftables table kube-proxy"
  if [ "$1" != iptables ]; then
    for place in 'nat KUBE-NODEPORTS' 'filter KUBE-NODEPORTS' 'mangle KUBE-PROXY-CANARY'; do
      ! has_chain "${place% *}" "${place#* }" || echo "iptables $place"
    done
  fi
  if [ "$1" != ipvs ]; then
    for place in 'nat KUBE-NODE-PORT' 'filter KUBE-NODE-PORT'; do
      ! has_chain "${place% *}" "${place#* }" || echo "iptables $place"
    done
    [ -z "$(ipvs_sets)" ] || echo "ipsets KUBE-*"
    [ ! -d "/sys/class/net/$ipvs_interface" ] || echo "interface $ipvs_interface"
  fi
}

# remove_other_leftovers MODE: all that MODE does not have; with none all of kube-proxy's.
remove_other_leftovers() {
  [ "$1" = nftables ] || remove_nft_tables kube-proxy
  # Before the interface and the sets, by which they are known.
  [ "$1" = ipvs ] || remove_virtual_servers
  case $1 in
    iptables)
      for table in nat filter; do remove_chains "$table" "KUBE-\($ipvs_chains\)"; done
      remove_rules filter ' --comment "kube-proxy firewall rules" '
      ;;
    ipvs)
      for table in nat mangle; do remove_chains "$table" "KUBE-\($iptables_chains\)"; done
      remove_chains filter "KUBE-\(SERVICES\|$iptables_chains\)"
      remove_rules filter ' --comment "kubernetes load balancer firewall" '
      ;;
    *)
      for table in nat filter mangle; do
        remove_chains "$table" "KUBE-\($shared_chains\|$iptables_chains\|$ipvs_chains\)"
      done
      ;;
  esac
  [ "$1" = ipvs ] || remove_sets_and_interface
}

# ipvs_sets: names of its sets, one a line.
ipvs_sets() { ! has ipset || ipset list -n 2> /dev/null | grep '^KUBE-'; }

# The sets go after the chains that match on them, and the address of each Service with the interface.
remove_sets_and_interface() {
  for set in $(ipvs_sets); do ipset destroy "$set" || echo "ipset $set could not be removed" >&2; done
  if [ -d "/sys/class/net/$ipvs_interface" ]; then ip link delete "$ipvs_interface"; fi
}

# ipvs_services: those of kube-proxy, which have an address of its interface or a node port, as ipvsadm takes them: "-t 10.1.0.1:443".
ipvs_services() {
  {
    ip -o address show dev "$ipvs_interface" 2> /dev/null | awk '{ sub("/.*", "", $4); print "address", $4 }'
    ! has ipset || ipset save 2> /dev/null | awk '$1 == "add" && $2 ~ /^KUBE-(6-)?NODE-PORT-/ { sub(".*[:,]", "", $3); print "port", $3 }'
    ipvsadm --save --numeric 2> /dev/null
  } | awk '
    $1 == "address" || $1 == "port" { known[$1, $2] = 1 }
    $1 == "-A" {
      address = port = $3
      sub(/:[0-9]+$/, "", address)
      gsub(/[][]/, "", address)
      sub(/.*:/, "", port)
      if (("address", address) in known || ("port", port) in known) print $2, $3
    }'
}
remove_virtual_servers() {
  [ -d "/sys/class/net/$ipvs_interface" ] || [ -n "$(ipvs_sets)" ] || return 0
  if ! has ipvsadm; then
    echo "the virtual servers of kube-proxy stay, ipvsadm is missing; install it and remove them, or reboot" >&2
    return
  fi
  ipvs_services | while read -r protocol service; do ipvsadm --delete-service "$protocol" "$service"; done
}
