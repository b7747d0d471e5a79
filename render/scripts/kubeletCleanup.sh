# shellcheck shell=sh
# Ends what the kubelet started and removes what it wrote itself. To run after the unit stopped: containers and sandboxes that the
# CRI made, their network namespaces, mounts, cgroups, certificates, state, iptables chains. Images stay, what others run in
# containerd's namespace k8s.io stays, and so does /var/lib/kubelet itself, which may be a mount, a link or hold files of its owner.
. ../../base/scripts/prelude.sh
. ./paths.sh
. ./trees.sh
. ./namespaces.sh
. ./chains.sh
failed=0

k8s() { timeout 20 ctr --address "$containerd_socket" --namespace k8s.io "$@" 2> /dev/null; }
# made KIND: containers of that kind that the CRI made; a sandbox is one too.
made() { k8s containers ls -q "labels.\"io.cri-containerd.kind\"==$1"; }
# running: tasks of the containers in $containers.
running() { [ -z "$containers" ] || k8s tasks ls -q | grep -xF "$containers"; }
# namespace_of SANDBOX: its network namespace.
namespace_of() { k8s containers info "$1" | sed -n 's|.*"path": *"\(/[^"]*/netns/cni-[^"]*\)".*|\1|p'; }

namespaces=''
if [ -S "$containerd_socket" ] && has ctr; then
  sandboxes=$(made sandbox)
  containers=$(printf '%s\n%s\n' "$(made container)" "$sandboxes" | sed '/^$/d')
  namespaces=$(for id in $sandboxes; do namespace_of "$id"; done)
  for id in $(running); do k8s tasks kill --signal SIGKILL "$id"; done
  # containerd's CRI plugin sees them end and deletes them; doing the same at the same time can hang.
  tries=0
  while [ -n "$(running)" ] && [ "$tries" -lt 30 ]; do
    tries=$((tries + 1))
    sleep 0.3 2> /dev/null || sleep 1
  done
  for id in $(running); do k8s tasks delete --force "$id" > /dev/null; done
  for id in $containers; do k8s containers delete "$id" > /dev/null; done
  # The records of sandboxes, which the CRI names; their tasks are gone, so that stopping them again may fail.
  for id in $(k8s sandboxes ls --filters labels.name | sed -n '2,$s/[[:space:]].*//p'); do
    k8s sandboxes rm --force "$id" > /dev/null
  done
  left=$(printf '%s\n%s\n' "$(made container)" "$(made sandbox)" | grep -c .)
  if [ "$left" -gt 0 ]; then
    echo "kubelet: $left containers of pods are left; see ctr -n k8s.io containers ls" >&2
    failed=1
  fi
fi
for namespace in $namespaces; do remove_namespace "$namespace"; done

# Directly below /var/lib/kubelet: what a kubelet of 1.34 to 1.37 creates. config.yaml is ours and removed with the unit.
state='pki pods pods-api plugins plugins_registry plugin-containers pod-resources device-plugins checkpoints image_manager userns
cpu_manager_state memory_manager_state dra_manager_state actuated_pods_state allocated_pods_state
pod_status_manager_state dra_health_state graceful_node_shutdown_state'
kubelet_mounts=$(mounts_below "$(readlink -f "$kubelet_directory")")
for entry in $state; do
  [ -e "$kubelet_directory/$entry" ] || [ -L "$kubelet_directory/$entry" ] || continue
  if [ -n "$kubelet_mounts" ] || [ -L "$kubelet_directory/$entry" ]; then
    # /proc/mounts knows places by their real names only. What is mounted on the entry itself is the host's own, as a disk for pods;
    # what is below it the kubelet has mounted.
    place=$(readlink -f "$kubelet_directory/$entry")
    mounts_below "$place" | grep -vxF "$place" | while IFS= read -r mount; do unmount "$mount"; done
  fi
  remove_tree "$kubelet_directory/$entry" || failed=1
done
rm -f "$kubelet_kubeconfig"
remove_tree /var/log/containers || failed=1
remove_tree /var/log/pods || failed=1
rmdir -p /usr/libexec/kubernetes/kubelet-plugins/volume/exec 2> /dev/null
has systemctl && systemctl stop kubepods.slice 2> /dev/null
# On cgroup v1 systemd does not know of all of its directories. Only empty ones can be removed.
find /sys/fs/cgroup -depth -type d -path '*/kubepods.slice*' -exec rmdir {} \; 2> /dev/null
for table in mangle nat filter; do
  remove_chains "$table" 'KUBE-KUBELET-CANARY\|KUBE-IPTABLES-HINT\|KUBE-FIREWALL'
done
remove_nft_tables "$masquerade_table"
exit "$failed"
