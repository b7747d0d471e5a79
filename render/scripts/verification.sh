# shellcheck shell=sh
# Checks of a worker node at the end: the units run and start at boot, kubelet and kube-proxy are healthy, the rules of the mode are in
# the kernel, the pods' network has a range of the cluster's, and packets come through (packets.sh). It changes nothing but for a pod of
# its own, which is gone at its end. It looks again each second for up to half a minute, because kube-proxy ends itself once when its
# Node appears, and other nodes and routes to them may come at the same time. Every check that failed at last is printed to stderr with
# where to look, and the exit code is 1; else one line with the time, the rules, and the packets.
#
# Arguments: the Service `kubernetes` and its endpoints as the cluster has them, "10.1.0.1:443=10.0.0.10:6443,10.0.0.11:6443"; with
# none, where the rules send it to is not checked. The ranges that the Node has for its pods, "10.2.3.0/24,fd00:2:3::/64"; with none
# those of the pods' network are not compared with them. The Node's address and its kubelet's port, "10.0.0.11:10250". Other nodes of
# the same network, "node-2=10.0.0.12:10250=10.2.1.1,..": name, address and port of the kubelet, address of the bridge. Seconds for which
# it looks again, by default 30.
. ../../base/scripts/prelude.sh
: "${mode:?of kube-proxy: nftables, iptables, ipvs or none}"
: "${bridge?yes if the pods network is ours}"
: "${flannel?address:port of /readyz of flanneld, empty where there is none}"
: "${proxied?yes for a node with a proxy of its own to the API servers}"
: "${healthz?address:port of /healthz of the kubelet, empty where it has none}"
: "${livez:?address:port of /livez of kube-proxy}"
: "${cluster_cidr?ranges of all pods, one a line}"
: "${kubelet_port:?port of the API of the kubelet}"
: "${dns?addresses of the DNS Service of the cluster, one a line}"
: "${node_ports?yes if kube-proxy answers NodePorts at the address of the Node}"
. ./paths.sh
. ./http.sh
. ../../base/scripts/units.sh
. ./conflist.sh
. ./ranges.sh
. ./kubeProxyRules.sh
. ./kubeProxyServices.sh
. ./namespaces.sh
. ./probe.sh
. ./packets.sh
api_service=${1:-} node_ranges=${2:-} node_socket=${3:-} peers=${4:-} patience=${5:-30}
# Lines of rules that are printed: of a large cluster only the first Services.
shown=40

# failed WHAT WHERE
failed() { printf 'verification: %s; see %s\n' "$1" "$2"; }

running() {
  unit_state "$1"
  [ "$unit_state" = active ] || failed "$1 is $unit_state, must be active" "journalctl -u $1"
  systemctl is-enabled "$1" > /dev/null 2>&1 || failed "$1 does not start at boot" "systemctl status $1"
}

# healthy UNIT ENDPOINT PATH
healthy() {
  ! can_http || http_get "$2" "$3" > /dev/null || failed "$1 does not answer 200 at http://$2$3" "journalctl -u $1"
}

# inside_cluster SUBNET: true if one of the cluster's ranges has it.
inside_cluster() {
  for range in $cluster_cidr; do
    inside "$1" "$range" && return 0
  done
  return 1
}

network() {
  if ! conflist_is_ours; then
    failed "$cni_conflist was not written from $cni_template" "journalctl -u containerd"
    return
  fi
  if [ -n "$node_ranges" ] && [ "$(conflist_subnets | sort | tr '\n' ,)" != "$(printf '%s\n' "$node_ranges" | tr , '\n' | sort | tr '\n' ,)" ]; then
    failed "the pods' network has $(conflist_subnets | tr '\n' ' ')and the Node has $node_ranges, so that no packet comes back to its pods (was the Node made anew?); run on the host: rm $cni_conflist; systemctl restart kubelet" "$cni_conflist"
  fi
  [ -n "$cluster_cidr" ] || return 0
  for subnet in $(conflist_subnets); do
    inside_cluster "$subnet" || failed "the pods' range $subnet is not inside clusterCIDR ($(printf '%s' "$cluster_cidr" | tr '\n' ,)), so that their way out would not be masqueraded; set clusterCIDR to the controller manager's --cluster-cidr" "$cni_conflist"
  done
}

# Pods reach the API by the Service `kubernetes` first of all: each backend is one of its endpoints, and there is one.
api_servers() {
  [ -n "$api_service" ] || return 0
  backends=$(printf '%s\n' "$known" | backends_of "${api_service%%=*}")
  endpoints=$(printf '%s' "${api_service#*=}" | tr , '\n')
  [ -z "$backends" ] || printf '%s\n' "$backends" | grep -qvxF "$endpoints" || return 0
  failed "the rules send the Service kubernetes (${api_service%%=*}) to ${backends:-nowhere}, its endpoints are ${api_service#*=}" "journalctl -u kube-proxy" | tr '\n' ' '
  echo
}

proxy() {
  running kube-proxy
  healthy kube-proxy "$livez" /livez
  if kube_proxy_rules "$mode"; then api_servers; else failed "kube-proxy has no rules in the kernel" "journalctl -u kube-proxy"; fi
}

flannel() {
  running flanneld
  healthy flanneld "$flannel" /readyz
}

look() {
  for unit in containerd ${proxied:+kube-apiserver-proxy} kubelet; do running "$unit"; done
  [ -z "$healthz" ] || healthy kubelet "$healthz" /healthz
  [ "$mode" = none ] || proxy
  [ -z "$flannel" ] || flannel
  [ -z "$bridge" ] || network
}

print_rules() {
  [ -n "$known" ] || return 0
  [ -z "$api_service" ] || echo "Service kubernetes ${api_service%%=*} -> $(printf '%s\n' "$known" | backends_of "${api_service%%=*}" | tr '\n' ' ')" | sed 's/ $//'
  printf '%s\n' "$known" | sed "${shown}q"
  lines=$(printf '%s\n' "$known" | wc -l)
  [ "$lines" -le "$shown" ] || echo "... and $((lines - shown)) lines more; see $(how_to_see "$mode") on the host"
}

# look_again: how to, by hand, where it matters what was told.
look_again() { printf "verification: to look again, on the host: /opt/kubernetes/bin/verify-node '%s' '%s' '%s' '%s'\n" "$api_service" "$node_ranges" "$node_socket" "$peers"; }

# One at a time has the pod of that name.
if [ -n "$bridge" ] && [ -d "$cni_conf_directory" ]; then
  exec 9< "$cni_conf_directory"
  flock -w 60 9
  trap unplug_probe EXIT
  trap 'exit 1' HUP INT TERM PIPE
fi

now
end=$((now + patience * 100))
while :; do
  # The Services that the rules in the kernel know.
  known=$(kube_proxy_services "$mode")
  failures=$(look) sent=''
  if [ -z "$failures" ]; then
    [ -z "$bridge" ] || [ -n "$probe_addresses" ] || plug_probe
    sent=$(packets)
    failures=$(printf '%s\n' "$sent" | grep '^verification: ') || break
  fi
  now
  if [ "$now" -ge "$end" ]; then
    printf '%s\n' "$failures" >&2
    [ -z "$sent" ] || look_again >&2
    exit 1
  fi
  sleep 1
done
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
if [ "$mode" = none ]; then
  echo "$at: containerd and kubelet are active and healthy"
else
  echo "$at: containerd, kubelet and kube-proxy ($mode) are active and healthy"
  print_rules
fi
printf 'packets:\n%s\n' "$sent"
