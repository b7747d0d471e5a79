set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
has() { command -v "$1" >/dev/null 2>&1; }
remove_chains() {
  for tool in iptables ip6tables; do
    if ! has "$tool" || ! has "$tool-restore"; then continue; fi
    rules=$("$tool" -w -t "$1" -S 2>/dev/null) || continue
    chains=$(printf '%s\n' "$rules" | sed -n "s/^-N \($2\)\$/\1/p")
    [ -n "$chains" ] || continue
    {
      echo "*$1"
      for chain in $chains; do
        printf '%s\n' "$rules" | sed -n -e "s/^-A \(.* -[jg] $chain\( .*\)\{0,1\}\)\$/-D \1/p"
      done
      for chain in $chains; do echo "-F $chain"; done
      for chain in $chains; do echo "-X $chain"; done
      echo COMMIT
    } | "$tool-restore" -w --noflush || echo "$tool: chains $chains of table $1 could not be removed" >&2
  done
}
failed=0
k8s() { timeout 20 ctr --address /run/containerd/containerd.sock --namespace k8s.io "$@" 2>/dev/null; }
if [ -S /run/containerd/containerd.sock ] && has ctr; then
  for id in $(k8s tasks ls -q); do k8s tasks kill --signal SIGKILL "$id"; done
  # containerd's CRI plugin sees them end and deletes them; doing the same at the same time can hang.
  tries=0
  while [ -n "$(k8s tasks ls -q)" ] && [ "$tries" -lt 30 ]; do
    tries=$((tries + 1))
    sleep 0.3 2>/dev/null || sleep 1
  done
  for id in $(k8s tasks ls -q); do k8s tasks delete --force "$id" >/dev/null; done
  for id in $(k8s containers ls -q); do k8s containers delete "$id" >/dev/null; done
  # The records of sandboxes; their tasks are gone, so that stopping them again may fail.
  for id in $(k8s sandboxes ls | sed -n '2,$s/[[:space:]].*//p'); do k8s sandboxes rm --force "$id" >/dev/null; done
  left=$(k8s containers ls -q | wc -l)
  if [ "$left" -gt 0 ]; then
    echo "kubelet: $left containers are left in containerd's namespace k8s.io; see ctr -n k8s.io containers ls" >&2
    failed=1
  fi
fi
mounts() { sed -n 's|^[^ ]* \(/var/lib/kubelet/[^ ]*\) .*|\1|p' /proc/mounts | sort -r; }
mounts | while IFS= read -r mount; do
  # /proc/mounts writes a blank as \040 and the like; printf undoes it.
  mount=$(printf '%b' "$(printf '%s' "$mount" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')")
  umount "$mount" 2>/dev/null || umount -l "$mount"
done
rm -f /etc/kubernetes/kubelet.conf
if [ -z "$(mounts)" ]; then
  for entry in pki pods pods-api plugins plugins_registry plugin-containers pod-resources pods-api device-plugins checkpoints image_manager userns cpu_manager_state memory_manager_state dra_manager_state actuated_pods_state allocated_pods_state pod_status_manager_state dra_health_state graceful_node_shutdown_state; do rm -rf "/var/lib/kubelet/$entry"; done
else
  # Deleting through a mount would delete the data of a volume.
  echo "kubelet: mounts below /var/lib/kubelet are in use, its state stays: $(mounts | head -n 3 | tr '\n' ' ')" >&2
  failed=1
fi
rm -rf /var/log/containers /var/log/pods
rmdir -p /usr/libexec/kubernetes/kubelet-plugins/volume/exec 2>/dev/null
has systemctl && systemctl stop kubepods.slice 2>/dev/null
# On cgroup v1 systemd does not know of all of its directories. Only empty ones can be removed.
find /sys/fs/cgroup -depth -type d -path '*/kubepods.slice*' -exec rmdir {} \; 2>/dev/null

for table in mangle nat filter; do
  remove_chains "$table" 'KUBE-KUBELET-CANARY\|KUBE-IPTABLES-HINT\|KUBE-FIREWALL'
done
if has nft; then
  for family in ip ip6; do nft delete table "$family" kubernetes-worker-nodes 2>/dev/null; done
fi
exit "$failed"
