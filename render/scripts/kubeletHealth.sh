# shellcheck shell=sh
# Waits until the kubelet is healthy and stays so. It is so before it has met an API server.
. ../../base/scripts/prelude.sh
: "${healthz?address:port of /healthz, empty where the kubelet has none}"
: "${device_plugins?yes for a kubelet that serves device plugins}"
: "${timeout:?seconds in which it has to become healthy}"
: "${hold:?seconds it has to stay so}"
unit=kubelet endings=0
. ./paths.sh
. ./http.sh
. ./waitUntilHealthy.sh

# The last thing a kubelet starts, after it has accepted its settings for CPUs, memory and eviction: /healthz comes before that.
serves_device_plugins() {
  socket=$kubelet_directory/device-plugins/kubelet.sock
  [ -S "$socket" ] || return 1
  started "$unit" || return 0
  [ "$(stat -c %Z "$socket")" -ge "$started" ]
}

check() {
  if [ -n "$healthz" ] && can_http && ! http_get "$healthz" /healthz > /dev/null; then
    why="http://$healthz/healthz does not answer 200"
  elif [ -n "$device_plugins" ] && ! serves_device_plugins; then
    [ -z "$healthz" ] || answered=yes
    why="it has not started its device manager, the last of its parts"
  else
    return 0
  fi
  return 1
}
wait_until_healthy
