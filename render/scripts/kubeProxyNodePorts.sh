# shellcheck shell=sh
# kube_proxy_node_port MODE ADDRESS: the first NodePort of TCP that kube-proxy's rules know, "PORT NAME"; NAME is its Service's as
# kube_proxy_services has it, which in mode ipvs are the address and port. ADDRESS is the Node's.
kube_proxy_node_port() {
  case $1 in
    nftables) for family in ip ip6; do nft list map "$family" kube-proxy service-nodeports 2> /dev/null | tr ',' '\n' | nftables_node_ports; done ;;
    iptables) for tool in iptables ip6tables; do "$tool" -w -t nat -S KUBE-NODEPORTS 2> /dev/null | iptables_node_ports; done ;;
    ipvs) address=$2 awk '$1 == "TCP" && index($2, ENVIRON["address"] ":") == 1 { port = $2; sub(/.*:/, "", port); print port, $2 }' ;;
  esac | sed 1q
}

# Of the map service-nodeports "tcp . 30080 : goto external-LYJDKXBN-default/web/tcp/http".
nftables_node_ports() {
  awk '
    { gsub("\"", "") }
    match($0, /tcp [.] [0-9]+ .*: goto [a-z]*-[A-Z0-9]*-/) {
      split(substr($0, RSTART, RLENGTH), word, " ")
      split(substr($0, RSTART + RLENGTH), part, "/")
      sub(/[ }].*/, "", part[4])
      print word[3], part[1] "/" part[2] (part[4] == "" ? "" : ":" part[4])
    }'
}

# -A KUBE-NODEPORTS -p tcp -m comment --comment "default/web:http" -m tcp --dport 30080 -j KUBE-EXT-X
iptables_node_ports() { sed -n 's/^-A KUBE-NODEPORTS .*-p tcp .*--comment "\{0,1\}\([^ "]*\)"\{0,1\} .*--dport \([0-9]*\) .*-j KUBE-.*/\2 \1/p'; }
