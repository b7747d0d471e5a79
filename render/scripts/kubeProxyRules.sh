# shellcheck shell=sh
# kube_proxy_rules MODE: true if kube-proxy's rules are in the kernel, of either family.
kube_proxy_rules() {
  case $1 in
    nftables) nft list chain ip kube-proxy services || nft list chain ip6 kube-proxy services ;;
    iptables) iptables -w -t nat -n -L KUBE-SERVICES || ip6tables -w -t nat -n -L KUBE-SERVICES ;;
    ipvs) [ -d /sys/class/net/kube-ipvs0 ] && grep -q '^TCP' /proc/net/ip_vs ;;
  esac > /dev/null 2>&1
}
