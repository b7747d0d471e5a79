# shellcheck shell=sh
# can_connect: whether there is what packets are sent with. bash is on every distribution that systemd is on, ping on few of them.
can_connect() { has bash && has timeout; }

# connect NAMESPACE KIND ADDRESS:PORT: what becomes of it within 2 seconds, from the host or, where NAMESPACE is not empty, from that
# network namespace: "connected", "refused" (packets come and go, nobody listens), "no answer", or the kernel's words. KIND is tcp;
# large, which has one packet of 1400 bytes that may not be cut answered (by the other program, be it by a complaint: it begins as
# HTTP, which a server of TLS answers); or dns, a question over UDP.
connect() {
  # shellcheck disable=SC2016 # bash is to expand it.
  words=$(${1:+nsenter "--net=$1"} timeout 2 bash -c '
    host=${2%:*} protocol=tcp; host=${host#[}; host=${host%]}
    [ "$1" != dns ] || protocol=udp
    exec 3<>"/dev/$protocol/$host/${2##*:}" || exit 1
    case $1 in
      large) printf "GET /%01343d" 0 >&3; IFS= read -r -n 1 <&3 || [ $? -lt 128 ] ;;
      dns) printf "\022\064\001\000\000\001\000\000\000\000\000\000\000\000\002\000\001" >&3; IFS= read -r -n 1 -d "" <&3 ;;
    esac
  ' bash "$2" "$3" 2>&1)
  case $? in
    0) echo connected ;;
    124) echo 'no answer' ;;
    *) case $words in *refused*) echo refused ;; *) printf '%s\n' "${words##*: }" ;; esac ;;
  esac
}

# pinged NAMESPACE BYTES ADDRESS: true if an echo of that length, which may not be cut, comes back. Where ping is there: a firewall that
# lets none but the API servers to kubelets, as upstream's list of ports has it, drops what connect sends and lets these through.
pinged() { has ping && ${1:+nsenter "--net=$1"} timeout 2 ping -c 1 -W 1 -M 'do' -s "$(($2 - 28))" "$3" > /dev/null 2>&1; }

# reached ANSWER: true if a packet came back, be it to say that nobody listens.
reached() { [ "$1" = connected ] || [ "$1" = refused ]; }

# socket ADDRESS PORT: as a URL has it.
socket() {
  case $1 in
    *:*) echo "[$1]:$2" ;;
    *) echo "$1:$2" ;;
  esac
}

# host_of ADDRESS:PORT: the address alone.
host_of() {
  bare=${1%:*}
  bare=${bare#[}
  printf '%s\n' "${bare%]}"
}
