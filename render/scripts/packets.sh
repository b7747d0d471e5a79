# shellcheck shell=sh
# Packets on the ways of pods, hop by hop: a line for each that is good, and for what could not be tried; a broken one begins with
# "verification: ", and says what that usually means and what shows it. What comes after a broken hop is not tried, where it would
# break for the same reason. The caller gives failed, known, mode, bridge, dns, kubelet_port, node_ports, api_service, node_socket, peers, and the probe.
. ./connections.sh
. ./kubeProxyNodePorts.sh

packets() {
  if ! can_connect; then
    echo 'none are sent: bash is not there'
    return
  fi
  pod=${probe_addresses%%
*}
  if [ -n "$bridge" ]; then
    if [ -z "$pod" ]; then
      failed "the pods' network takes no pod in: $probe_problem" "$cni_conflist; journalctl -u kubelet"
      return
    fi
    own_pod || return 0
    other_nodes
  fi
  services
}

# obstacles: what on this host is known to keep packets from pods.
obstacles() {
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2> /dev/null)" != 0 ] || printf '; here net.ipv4.ip_forward is 0'
  # Each knows rules that the other does not show.
  if {
    iptables -w -S FORWARD
    nft list chains
  } 2> /dev/null | grep -Eq -e '^-P FORWARD DROP' -e 'hook forward .*policy drop'; then
    printf '; here the policy of FORWARD is DROP (Docker sets it: iptables -P FORWARD ACCEPT)'
  fi
}

# hop FROM NAMESPACE TO ADDRESS:PORT MEANING SEE: a small packet and the one that comes back.
hop() {
  answer=$(connect "$2" tcp "$4")
  if reached "$answer" || pinged "$2" 84 "$(host_of "$4")"; then
    echo "$1 -> $3 $(host_of "$4"): ok"
  else
    failed "$1 -> $3 $4: $answer; usually $5$(obstacles)" "$6"
    return 1
  fi
}

# own_pod: between this host and its pods; no way goes on where that one is broken.
own_pod() {
  hop 'this host' '' 'its pod' "$(socket "$pod" 9)" "$cni_bridge is down or has lost its address, or a firewall of this host" \
    "ip address show $cni_bridge; nft list ruleset" || return 1
  hop "pod $pod" "$probe_namespace" 'its host' "$(socket "$probe_gateway" "$kubelet_port")" 'a firewall of this host (INPUT)' 'nft list ruleset' || return 1
  [ -n "$node_socket" ] || return 0
  hop "pod $pod" "$probe_namespace" 'the address of its node' "$node_socket" 'a firewall of this host (INPUT), or a nodeIP that no interface has' \
    'ip address; nft list ruleset'
}

# other_nodes: pods of others are all right where one answers; a host that is down is no fault of this one.
other_nodes() {
  if [ -z "$peers" ]; then
    echo "pod $pod -> pods of other nodes: not tried, there was no other Ready node of this network"
    return
  fi
  seen=$(
    for peer in $(printf '%s' "$peers" | tr , ' '); do other_node "$peer" & done
    wait
  )
  if printf '%s\n' "$seen" | grep -q '^good' || ! printf '%s\n' "$seen" | grep -q '^bad'; then
    printf '%s\n' "$seen" | sort | cut -d'|' -f2 | sed 's/; usually .*//'
  else
    printf '%s\n' "$seen" | sort | while IFS='|' read -r is text see; do
      if [ "$is" = bad ]; then failed "$text$(obstacles)" "$see"; else echo "$text"; fi
    done
  fi
}

# other_node NAME=HOST:PORT=ADDRESS: the address is of its bridge, in the range of its pods. "good|TEXT", "bad|TEXT|SEE" or "down|TEXT".
other_node() {
  name=${1%%=*} address=${1##*=} host=${1#*=}
  host=${host%%=*}
  at=$(socket "$address" "${host##*:}") way="pod $pod -> $name's pods $address"
  answer=$(connect "$probe_namespace" large "$at")
  case $answer in
    connected) echo "good|$way (1400 bytes): ok" ;;
    refused) echo "good|$way: ok" ;;
    *)
      if pinged "$probe_namespace" 1400 "$address"; then
        echo "good|$way (1400 bytes): ok"
      # The large one once more: the node may have come up between the two.
      elif reached "$(connect "$probe_namespace" tcp "$at")" || pinged "$probe_namespace" 84 "$address"; then
        if [ "$(connect "$probe_namespace" large "$at")" = connected ]; then
          echo "good|$way (1400 bytes): ok"
          return
        fi
        echo "bad|$way: packets of 1400 bytes get no answer, small ones do; usually a smaller MTU on the way (tunnel, VPN) whose ICMP a firewall drops|ip link; ping -M do -s 1372 $address"
      elif reached "$(connect '' tcp "$host")"; then
        echo "bad|$way: $answer, though its host $(host_of "$host") answers; usually a missing route to them, the FORWARD policy of either host, a firewall, or no pod there since it booted|ip route get $address; iptables -S FORWARD, here and on $name"
      else
        echo "down|$way: not known, its host $(host_of "$host") does not answer either"
      fi
      ;;
  esac
}

services() {
  kubernetes_service
  cluster_dns
  node_port
}

# service FROM NAMESPACE NAME KIND ADDRESS:PORT BACKENDS: a broken one is told only where another system makes Services work, which may
# come later than the node, and where its backends do not answer either, unless they are the API servers.
service() {
  answer=$(connect "$2" "$4" "$5")
  if [ "$answer" = connected ]; then
    echo "$1 -> $3 $5: ok"
    return
  fi
  way="$1 -> $3 $5: $answer"
  if [ "$mode" = none ]; then
    echo "$way; it is another system's to make Services work"
    return
  fi
  backend=''
  for backend in $6; do
    if [ "$(connect "$2" "$4" "$backend")" = connected ]; then
      failed "$way, though $backend behind it answers; usually rules of kube-proxy that are old, or a firewall before them" "$(how_to_see "$mode"); journalctl -u kube-proxy"
      return 1
    fi
  done
  way="$way, nor does what is behind it ($(printf '%s' "${6:-nothing}" | tr '\n' ' '))"
  if [ "$3" != 'Service kubernetes' ]; then
    echo "$way"
    return
  fi
  failed "$way; usually a firewall or a missing route between here and the API servers$(obstacles)" "ip route get $(host_of "$backend"); nft list ruleset"
  return 1
}

# By hand nobody tells the Service kubernetes; rules of nftables and iptables name it.
kubernetes_service() {
  address=${api_service%%=*}
  [ -n "$address" ] || address=$(printf '%s\n' "$known" | awk '$3 == "default/kubernetes:https" { print $2; exit }')
  [ -n "$address" ] || return 0
  case $api_service in
    *=*) servers=$(printf '%s' "${api_service#*=}" | tr , '\n') ;;
    *) servers=$(printf '%s\n' "$known" | backends_of "$address") ;;
  esac
  service 'this host' '' 'Service kubernetes' tcp "$address" "$servers" || return 0
  [ -z "$pod" ] || service "pod $pod" "$probe_namespace" 'Service kubernetes' tcp "$address" "$servers"
}

# cluster_dns: as pods ask it, by UDP where the Service has it.
cluster_dns() {
  for address in $dns; do
    at=$(socket "$address" 53)
    protocol=$(printf '%s\n' "$known" | at=$at awk '$2 == ENVIRON["at"] { print $1 }' | sort -r | sed 1q)
    [ "$mode" != none ] || protocol=UDP
    case $protocol in
      UDP) kind=dns ;;
      TCP) kind=tcp ;;
      *)
        echo "cluster DNS $address: not tried, the cluster has no Service of that address"
        continue
        ;;
    esac
    service "${pod:+pod }${pod:-this host}" "${pod:+$probe_namespace}" 'cluster DNS' "$kind" "$at" "$(printf '%s\n' "$known" | backends_of "$at" "$protocol")"
  done
}

node_port() {
  [ -n "$node_ports" ] && [ -n "$node_socket" ] || return 0
  found=$(printf '%s\n' "$known" | kube_proxy_node_port "$mode" "${node_socket%:*}")
  if [ -z "$found" ]; then
    echo 'NodePort: not tried, the cluster has none'
    return
  fi
  service 'this host' '' "NodePort of ${found#* }" tcp "${node_socket%:*}:${found%% *}" "$(printf '%s\n' "$known" | backends_of "${found#* }")"
}
