# shellcheck shell=sh
# Makes a host of the lab what it was before anything of Kubernetes was put on it; nothing of it may be in use by a pod.
set -u
systemctl disable --now kubelet.service kube-proxy.service 2> /dev/null
rm -f /etc/systemd/system/kubelet.service /etc/systemd/system/kube-proxy.service
rm -f /etc/modules-load.d/kubernetes-worker-nodes.conf /etc/sysctl.d/99-kubernetes-worker-nodes.conf
rm -rf /opt/kubernetes /opt/cni/bin/* /etc/kubernetes /var/lib/kubernetes-worker-nodes /etc/cni/net.d/*
find /var/lib/kubelet -xdev -mindepth 1 -delete
nft list tables | while read -r _ family table; do
  case $table in kube-proxy | kubernetes-worker-nodes) nft delete table "$family" "$table" ;; esac
done
if [ -e /etc/containerd/conf.d/kubernetes-worker-nodes.toml ]; then
  rm -f /etc/containerd/conf.d/kubernetes-worker-nodes.toml /etc/containerd/cni-template.conflist
  systemctl restart containerd.service
fi
systemctl daemon-reload
systemctl reset-failed
