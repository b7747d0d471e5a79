# shellcheck shell=sh
# can_http: whether there is a tool for it.
can_http() { has curl || has wget || has bash; }

# http_get HOST:PORT PATH: prints the body; fails unless the answer is 200, or after 5 seconds. Proxies are never asked: the
# address is the host's own.
http_get() {
  if has curl; then
    curl -fsS --noproxy '*' --max-time 5 "http://$1$2" 2> /dev/null
  elif has wget; then
    http_proxy='' wget -q -T 5 -O - "http://$1$2" 2> /dev/null
  else
    # shellcheck disable=SC2016 # bash is to expand it.
    timeout 5 bash -c '
      host=${1%:*}; host=${host#[}; host=${host%]}
      exec 3<>"/dev/tcp/$host/${1##*:}" || exit 1
      printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$2" "$1" >&3
      read -r _ status _ <&3
      while read -r line <&3 && [ -n "${line%$(printf "\r")}" ]; do :; done
      cat <&3
      [ "$status" = 200 ]
    ' bash "$1" "$2" 2> /dev/null
  fi
}
