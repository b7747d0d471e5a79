# shellcheck shell=sh
# Looks for drift of the node's own proxy to the API servers: what is ours and wrong, and what is not ours; reads only. See look.sh for
# what it prints.
. ../../base/scripts/prelude.sh
: "${status:?address:port at which the proxy says how it sees the API servers}"
. ./paths.sh
. ./apiServers.sh
. ./look.sh

look_at_api_servers() {
  seen=$(seen_api_servers "$status")
  if [ -z "$seen" ]; then
    fault "kube-apiserver-proxy does not run with the configuration that is written"
    return
  fi
  printf '%s\n' "$seen" | dead_api_servers | while IFS= read -r line; do foreign "API server $line"; done
}

look_at_unit kube-apiserver-proxy.service
[ "$(systemctl is-active kube-apiserver-proxy 2> /dev/null)" != active ] || ! can_http || look_at_api_servers
exit 0
