# shellcheck shell=sh
# What tells that a host already is part of a cluster, for a host that no record of ours says is ours. Needs `problem`.
. ./certificates.sh
. ../../base/scripts/dropIns.sh
: "${ca_sha256?SHA-256 of each of our CA certificates, one a line}"

# runs NAME: true if a process of that name runs.
runs() (
  set +f
  cat /proc/[0-9]*/comm 2> /dev/null | grep -qx "$1"
)

# control_plane: what of one is here, or of a distribution that brings its own kubelet.
control_plane() {
  if [ -e "$static_pods/kube-apiserver.yaml" ]; then
    echo "$static_pods/kube-apiserver.yaml"
  elif runs kube-apiserver; then
    echo "a process kube-apiserver"
  else
    for unit in kube-apiserver k3s k3s-agent rke2-server rke2-agent k0scontroller k0sworker snap.microk8s.daemon-kubelite; do
      unit_files "$unit.service"
    done | grep .
  fi
}

# node: what of a kubelet is here.
node() {
  for path in "$kubelet_kubeconfig" "$kubelet_cert_directory"; do
    [ -z "$(ls "$path" 2> /dev/null)" ] || echo "$path"
  done
  unit_files kubelet.service
  drop_ins kubelet.service | sed -n 's/^[a-z]*|\(.*\/kubelet\.service\.d\/\)/\1/p'
  ! runs kubelet || echo "a process kubelet"
}

# is_of_our_cluster: true if the kubelet's kubeconfig trusts a CA of ours.
is_of_our_cluster() {
  [ -n "$ca_sha256" ] && kubeconfig_ca "$kubelet_kubeconfig" | certificate_digests | grep -qxF "$ca_sha256"
}

# adopted: what is to be replaced of a node that is taken over.
adopted() {
  for path in $(unit_files kubelet.service) $(unit_files kube-proxy.service) "$kubelet_configuration" "$bootstrap_kubeconfig" \
    "$ca_cert" "$kube_proxy_configuration" "$kube_proxy_kubeconfig" "$containerd_drop_in" "$cni_template"; do
    [ ! -e "$path" ] || echo "adopts|$path is replaced"
  done
  echo "adopts|$kubelet_kubeconfig stays, with its certificate, and gets our API server and CA"
}

check_other_cluster() {
  if found=$(control_plane); then
    problem "this host" "part of a control plane or of another Kubernetes distribution ($(printf '%s' "$found" | head -n 1))" \
      "must be a plain worker" "use another host, or remove that cluster from this one"
    return
  fi
  found=$(node | awk '{ list = list separator $0; separator = ", " } END { print list }')
  [ -n "$found" ] || return 0
  if [ -z "${adopt:-}" ]; then
    problem kubelet "there already ($found)" "must not be on a host that this stack does not own" \
      "remove it (kubeadm reset, then the package), or set adopt for the host if it is a node of this cluster"
  elif [ ! -e "$kubelet_kubeconfig" ]; then
    problem kubelet "there already ($found), without $kubelet_kubeconfig" "must have joined this cluster to be adopted" "remove it"
  elif ! is_of_our_cluster; then
    problem "$kubelet_kubeconfig" "of another cluster" "must trust the CA of caCertPem to be adopted" \
      "remove that node from its cluster and from this host (kubeadm reset), or correct caCertPem"
  else
    adopted
  fi
}
