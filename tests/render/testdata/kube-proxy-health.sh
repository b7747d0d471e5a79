set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
has() { command -v "$1" >/dev/null 2>&1; }
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
check() {
  why=$(unit_state kube-proxy)
  [ "$why" = active ] || { why="the unit is $why"; return 1; }
  ! can_http || http_get 127.0.0.1:10256 /livez >/dev/null ||
    { why='http://127.0.0.1:10256/livez does not answer 200'; return 1; }
  ! can_http || [ "$(http_get 127.0.0.1:10249 /proxyMode)" = nftables ] ||
    { why='http://127.0.0.1:10249/proxyMode is not nftables'; return 1; }
}
restarts() {
  count=$(systemctl show --property=NRestarts kube-proxy 2>/dev/null)
  count=${count#NRestarts=}
  echo "${count:-0}"
}
# Seconds since boot: they do not jump when the clock is set.
now() { cut -d. -f1 /proc/uptime; }
before=$(restarts)
end=$(($(now) + 60))
while :; do
  if ! check; then
    held=0
  elif can_http || [ "${held:-0}" -eq 1 ]; then
    exit 0
  else
    held=1
  fi
  if [ "$(restarts)" -ge $((before + 3)) ]; then
    why="$why, it ended three times"
    break
  fi
  [ "$(now)" -lt "$end" ] || { why="$why (waited 60 s)"; break; }
  # Fractions are not in POSIX.
  sleep 0.3 2>/dev/null || sleep 1
done
echo "kube-proxy: is not healthy: $why; see journalctl -u kube-proxy" >&2
exit 1
