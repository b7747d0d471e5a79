# shellcheck shell=sh
# kube_proxy_services MODE: the Services that kube-proxy's rules in the kernel know, in the form of `ipvsadm -ln` whatever the mode: a
# line with protocol and address, then one with "-> ADDRESS:PORT" for each backend.
kube_proxy_services() {
  case $1 in
    ipvs) ipvsadm -ln 2> /dev/null ;;
    nftables) for family in ip ip6; do nft list table "$family" kube-proxy 2> /dev/null | tr ',' '\n' | nftables_services; done ;;
    iptables) for tool in iptables ip6tables; do "$tool" -w -t nat -S 2> /dev/null | iptables_services; done ;;
  esac
}

# Of the map service-ips "10.1.0.1 . tcp . 443 : goto service-2QRHZV4L-default/kubernetes/tcp/https"; of that chain, by version and
# kind of the Service, "dnat to 10.0.0.10:6443", "map { 0 : 10.0.0.10 . 6443" or "goto endpoint-..__10.0.0.10/6443", in which an IPv6
# address has dots for colons.
nftables_services() {
  awk '
    function socket(address, port) { return (address ~ /:/ && address !~ /^\[/ ? "[" address "]" : address) ":" port }
    function backend(text) { backends[chain] = backends[chain] "  -> " text "\n" }
    { gsub("\"", "") }
    $1 == "map" || $1 == "chain" { in_map = $2 == "service-ips"; chain = $1 == "chain" ? $2 : "" }
    in_map && / : goto (service|local)-/ {
      sub(/^.*[{] /, "")
      for (i = 1; $i != "goto"; i++) continue
      service[++count] = name = $(i + 1)
      sub(/^[a-z]*-[A-Z0-9]*-/, "", name)
      split(name, part, "/")
      head[count] = toupper($3) "  " socket($1, $5) " " part[1] "/" part[2] (part[4] == "" ? "" : ":" part[4])
    }
    chain == "" { next }
    match($0, /dnat to [^ ]*:[0-9]+/) { backend(substr($0, RSTART + 8, RLENGTH - 8)) }
    match($0, /[0-9]+ : [0-9a-f.:]+ [.] [0-9]+/) {
      split(substr($0, RSTART, RLENGTH), part, " ")
      backend(socket(part[3], part[5]))
    }
    match($0, /goto endpoint-[^ ]*__[^ ]*/) {
      split(substr($0, RSTART, RLENGTH), half, "__")
      split(half[2], part, "/")
      if (part[1] !~ /^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$/) gsub(/[.]/, ":", part[1])
      backend(socket(part[1], part[2]))
    }
    END { for (i = 1; i <= count; i++) printf "%s\n%s", head[i], backends[service[i]] }'
}

# -A KUBE-SERVICES -d 10.1.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-X
# -A KUBE-SVC-X -m comment --comment "default/kubernetes:https -> 10.0.0.10:6443" -j KUBE-SEP-Y
iptables_services() {
  awk '
    function after(word,   i) {
      for (i = 1; i < NF; i++) if ($i == word) return $(i + 1)
    }
    $1 == "-A" && $2 == "KUBE-SERVICES" && /--comment "/ && / -j KUBE-SV/ {
      service[++count] = after("-j")
      address = after("-d")
      sub("/.*", "", address)
      name = $0
      sub(/^.*--comment "/, "", name)
      sub(/[ "].*/, "", name)
      head[count] = toupper(after("-p")) "  " (address ~ /:/ ? "[" address "]" : address) ":" after("--dport") " " name
    }
    $1 == "-A" && $2 ~ /^KUBE-SV/ && / -> / {
      backend = $0
      sub(/^.* -> /, "", backend)
      sub(/".*/, "", backend)
      backends[$2] = backends[$2] "  -> " backend "\n"
    }
    END { for (i = 1; i <= count; i++) printf "%s\n%s", head[i], backends[service[i]] }'
}

# backends_of SERVICE [PROTOCOL]: of a service by its address and port or its name, by default of TCP, one a line; reads what
# kube_proxy_services prints.
backends_of() {
  service=$1 protocol=${2:-TCP} awk '
    $1 ~ /^[A-Z]+$/ { of_it = $1 == ENVIRON["protocol"] && ($2 == ENVIRON["service"] || $3 == ENVIRON["service"]) }
    of_it && $1 == "->" { print $2 }'
}

# how_to_see MODE: what prints all of them on the host.
how_to_see() {
  case $1 in
    ipvs) echo 'ipvsadm -ln' ;;
    nftables) echo 'nft list table ip kube-proxy' ;;
    *) echo 'iptables -t nat -S' ;;
  esac
}
