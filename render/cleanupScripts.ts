import { cniAddressDirectory, cniBridge, cniNetworkName } from "./cniConflist";
import { masqueradeTable } from "./masquerade";
import { paths } from "./paths";
import { hasFunction, prelude, removeChainsFunction } from "./shellLibrary";

/** Chains that belong to the kubelet although they are named like kube-proxy's. */
const kubeletChains = ["KUBE-KUBELET-CANARY", "KUBE-IPTABLES-HINT", "KUBE-FIREWALL"];

/**
 * Takes kube-proxy's rules out of the kernel. To run after the unit stopped, while binary and configuration are still there.
 * kube-proxy's own --cleanup covers all modes; what follows it is for a binary that no longer runs.
 */
export function kubeProxyCleanupScript(): string {
  return `${prelude}${hasFunction}${removeChainsFunction}if [ -x ${paths.kubeProxy} ] && [ -e ${paths.kubeProxyConfiguration} ]; then
  timeout 60 ${paths.kubeProxy} --cleanup --config=${paths.kubeProxyConfiguration} >/dev/null 2>&1
fi
if has nft; then
  for family in ip ip6; do
    nft delete table "$family" kube-proxy 2>/dev/null
  done
fi
# The sets of ipvs mode go with the chains that match on them; the address of each Service with its interface.
for table in nat filter mangle; do
  remove_chains "$table" 'KUBE-\\(SERVICES\\|EXTERNAL-SERVICES\\|NODEPORTS\\|NODE-PORT\\|POSTROUTING\\|FORWARD\\|PROXY-[A-Z-]*\\|MARK-MASQ\\|LOAD-BALANCER\\|SOURCE-RANGES-FIREWALL\\|IPVS-[A-Z-]*\\|SVC-.*\\|SVL-.*\\|SEP-.*\\|EXT-.*\\|FW-.*\\|XLB-.*\\)'
done
if has ipset; then
  for set in $(ipset list -n 2>/dev/null | grep '^KUBE-'); do ipset destroy "$set" 2>/dev/null; done
fi
if [ -d /sys/class/net/kube-ipvs0 ]; then
  # Without its interface nobody sends to a virtual server of kube-proxy; others' virtual servers are left alone.
  ip link delete kube-ipvs0
fi
exit 0
`;
}

/**
 * Ends what the kubelet started and removes what it wrote itself. To run after the unit stopped: containers and sandboxes of
 * containerd's namespace k8s.io, mounts, cgroups, certificates, state, iptables chains. Images stay, and so does
 * /var/lib/kubelet itself, which may be a mount or hold files of the host's owner.
 */
export function kubeletCleanupScript(): string {
  return `${prelude}${hasFunction}${removeChainsFunction}${containersBlock}${mountsBlock}${stateBlock}
for table in mangle nat filter; do
  remove_chains "$table" '${kubeletChains.join("\\|")}'
done
if has nft; then
  for family in ip ip6; do nft delete table "$family" ${masqueradeTable} 2>/dev/null; done
fi
exit "$failed"
`;
}

const containersBlock = `failed=0
k8s() { timeout 20 ctr --address ${paths.containerdSocket} --namespace k8s.io "$@" 2>/dev/null; }
if [ -S ${paths.containerdSocket} ] && has ctr; then
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
`;

const mountsBlock = `mounts() { sed -n 's|^[^ ]* \\(${paths.kubeletDirectory}/[^ ]*\\) .*|\\1|p' /proc/mounts | sort -r; }
mounts | while IFS= read -r mount; do
  # /proc/mounts writes a blank as \\040 and the like; printf undoes it.
  mount=$(printf '%b' "$(printf '%s' "$mount" | sed 's/\\\\\\([0-7][0-7][0-7]\\)/\\\\0\\1/g')")
  umount "$mount" 2>/dev/null || umount -l "$mount"
done
`;

/** Directly below /var/lib/kubelet: what a kubelet of 1.34 to 1.37 creates. config.yaml is ours and removed with the unit. */
const kubeletState =
  "pki pods pods-api plugins plugins_registry plugin-containers pod-resources pods-api device-plugins checkpoints image_manager userns " +
  "cpu_manager_state memory_manager_state dra_manager_state actuated_pods_state allocated_pods_state " +
  "pod_status_manager_state dra_health_state graceful_node_shutdown_state";

const stateBlock = `rm -f ${paths.kubeletKubeconfig}
if [ -z "$(mounts)" ]; then
  for entry in ${kubeletState}; do rm -rf "${paths.kubeletDirectory}/$entry"; done
else
  # Deleting through a mount would delete the data of a volume.
  echo "kubelet: mounts below ${paths.kubeletDirectory} are in use, its state stays: $(mounts | head -n 3 | tr '\\n' ' ')" >&2
  failed=1
fi
rm -rf /var/log/containers /var/log/pods
rmdir -p /usr/libexec/kubernetes/kubelet-plugins/volume/exec 2>/dev/null
has systemctl && systemctl stop kubepods.slice 2>/dev/null
# On cgroup v1 systemd does not know of all of its directories. Only empty ones can be removed.
find /sys/fs/cgroup -depth -type d -path '*/kubepods.slice*' -exec rmdir {} \\; 2>/dev/null
`;

/**
 * Removes the pods' network: the bridge, network namespaces that containerd left, host ports, addresses given out and the
 * configuration containerd rendered. To run when no container of a pod is left. Host port rules carry no owner; they go
 * only if no other CNI network is in use on the host.
 */
export function cniCleanupScript(): string {
  return `${prelude}${hasFunction}${removeChainsFunction}rm -f ${paths.cniConflist}
if [ -d /sys/class/net/${cniBridge} ] && has ip; then
  ip link delete ${cniBridge}
fi
for namespace in /run/netns/cni-*; do
  [ -e "$namespace" ] || continue
  umount "$namespace" 2>/dev/null
  rm -f "$namespace"
done
rm -rf ${cniAddressDirectory}/${cniNetworkName} /var/lib/cni/networks/${cniNetworkName}
rm -f /var/lib/cni/results/${cniNetworkName}-* /var/lib/cni/results/cni-loopback-*
rmdir ${cniAddressDirectory} /run/cni /run/netns /var/lib/cni/results /var/lib/cni/networks /var/lib/cni 2>/dev/null
if [ -z "$(ls -A /var/lib/cni/results 2>/dev/null)" ]; then
  if has nft; then
    for family in ip ip6; do nft delete table "$family" cni_hostport 2>/dev/null; done
  fi
  remove_chains nat 'CNI-\\(HOSTPORT-[A-Z]*\\|DN-.*\\)'
fi
exit 0
`;
}
