# shellcheck shell=sh
# Waits until flanneld has the range of its Node, has told it to its plugin, and stays so. Where the Node has none yet it ends, and
# systemd starts it again.
. ../../base/scripts/prelude.sh
: "${readyz:?address:port of /readyz}"
: "${backend:?vxlan or host-gw}"
: "${timeout:?seconds in which it has to become healthy}"
: "${hold:?seconds it has to stay so}"
unit=flanneld endings=0
. ./paths.sh
. ./http.sh
. ./flannelLinks.sh
. ./waitUntilHealthy.sh

check() {
  if can_http && ! http_get "$readyz" /readyz > /dev/null; then
    why="http://$readyz/readyz does not answer 200"
  elif ! [ -e "$flannel_subnets" ]; then
    why="$flannel_subnets, by which pods get their addresses, is not there"
  elif [ "$backend" = vxlan ] && [ -z "$(flannel_links)" ]; then
    why="its interface is not there"
  else
    return 0
  fi
  return 1
}
wait_until_healthy
