set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
has() { command -v "$1" >/dev/null 2>&1; }
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
unit_state() {
  state=$(systemctl is-active "$1" 2>/dev/null)
  echo "${state:-unknown}"
}
can_http() { has curl || has wget || has bash; }
http_get() {
  if has curl; then
    curl -fsS --noproxy '*' --max-time 5 "http://$1$2" 2>/dev/null
  elif has wget; then
    http_proxy='' wget -q -T 5 -O - "http://$1$2" 2>/dev/null
  else
    timeout 5 bash -c '
      host=${1%:*}; host=${host#[}; host=${host%]}
      exec 3<>"/dev/tcp/$host/${1##*:}" || exit 1
      printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$2" "$1" >&3
      read -r _ status _ <&3
      while read -r line <&3 && [ -n "${line%$(printf "\r")}" ]; do :; done
      cat <&3
      [ "$status" = 200 ]
    ' bash "$1" "$2" 2>/dev/null
  fi
}
failures=0
failed() {
  echo "verification: $1; see $2" >&2
  failures=$((failures + 1))
}
running() {
  [ "$(unit_state "$1")" = active ] || failed "$1 is $(unit_state "$1"), must be active" "journalctl -u $1"
  systemctl is-enabled --quiet "$1" 2>/dev/null || failed "$1 does not start at boot" "systemctl status $1"
}
healthy() {
  ! can_http || http_get "$2" "$3" >/dev/null || failed "$1 does not answer 200 at http://$2$3" "journalctl -u $1"
}
running containerd
running kubelet
running kube-proxy
healthy kubelet 127.0.0.1:10248 /healthz
healthy kube-proxy 127.0.0.1:10256 /livez
rules() { as_root nft list chain ip kube-proxy services || as_root nft list chain ip6 kube-proxy services; }
tries=0
until rules >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 15 ] || { failed "kube-proxy has no rules in the kernel" "journalctl -u kube-proxy"; break; }
  sleep 1
done
if ! grep -qs '"name": "kubernetes-worker-nodes"' /etc/cni/net.d/10-containerd-net.conflist; then
  failed "/etc/cni/net.d/10-containerd-net.conflist was not written from /etc/containerd/cni-template.conflist" "journalctl -u containerd"
else
  grep -qF '"10.2.0.0/24"' /etc/cni/net.d/10-containerd-net.conflist ||
  failed 'the pods'\'' network is not of the Node'\''s range 10.2.0.0/24' "/etc/cni/net.d/10-containerd-net.conflist; remove it and restart the kubelet, containerd writes it anew"
fi
[ "$failures" -eq 0 ] || exit 1
echo "containerd, kubelet and kube-proxy (nftables) are active and healthy"
