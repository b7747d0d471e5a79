# shellcheck shell=sh
# Looks for drift of the kubelet: what is ours and wrong, and what is not ours; reads only. See look.sh for what it prints.
. ../../base/scripts/prelude.sh
: "${server:?URL of the API server}"
: "${ca_sha256?SHA-256 of each of our CA certificates, one a line}"
: "${cluster_cidr?ranges of all pods, one a line}"
: "${bridge?yes if the pods network is ours}"
: "${fail_swap_on?yes where the kubelet refuses swap}"
. ./paths.sh
. ./certificates.sh
. ./conflist.sh
. ./look.sh

look_at_kubeconfig() {
  if ! [ -e "$kubelet_kubeconfig" ]; then
    fault "$kubelet_kubeconfig is gone"
    return
  fi
  found=$(kubeconfig_value "$kubelet_kubeconfig" server)
  [ "$found" = "$server" ] || fault "$kubelet_kubeconfig has the API server ${found:-none}, not $server"
  [ -z "$ca_sha256" ] || [ "$(kubeconfig_ca "$kubelet_kubeconfig" | certificate_digests | sort)" = "$(printf '%s\n' "$ca_sha256" | sort)" ] \
    || fault "$kubelet_kubeconfig trusts another CA than caCertPem"
  certificate=$(kubeconfig_value "$kubelet_kubeconfig" client-certificate)
  [ -n "$certificate" ] || return 0
  if ! [ -s "$certificate" ]; then
    fault "the kubelet's client certificate $certificate is gone"
  elif has openssl && ! openssl x509 -noout -checkend 0 -in "$certificate" > /dev/null 2>&1; then
    fault "the kubelet's client certificate $certificate has ended ($(openssl x509 -noout -enddate -in "$certificate" 2> /dev/null))"
  fi
}

# look_at_masquerade FAMILY
look_at_masquerade() {
  nft list chain "$1" "$masquerade_table" postrouting 2> /dev/null | grep -q masquerade \
    || fault "nftables table $1 $masquerade_table is gone (a firewall's reload?)"
}

# containerd renders the conflist when the kubelet starts and tells it the Node's range, which a kubelet with a certificate has done.
look_at_network() {
  [ -z "$cluster_cidr" ] || ! has nft || {
    case $cluster_cidr in *.*) look_at_masquerade ip ;; esac
    case $cluster_cidr in *:*) look_at_masquerade ip6 ;; esac
  }
  if [ -e "$cni_template" ] && ! [ -e "$cni_conflist" ] && [ -e "$kubelet_certificate" ]; then
    fault "$cni_conflist is gone"
  fi
}

look_at_unit kubelet.service
look_at_kubeconfig
[ -z "$bridge" ] || look_at_network
swaps=$(sed -n '2,$s/[[:space:]].*//p' /proc/swaps 2> /dev/null | tr '\n' ' ')
[ -z "$fail_swap_on" ] || [ -z "$swaps" ] \
  || foreign "swap is on (${swaps% }), the kubelet will not start again; run swapoff -a and take it out of /etc/fstab"
look_at_directory "$static_pods" ''
exit 0
