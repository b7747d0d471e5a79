# shellcheck shell=sh
# Waits until kube-proxy is healthy, runs in its mode, has the rules of this mode in the kernel and stays so. /livez and not /healthz: the latter also fails for a node that
# is about to be deleted, which says nothing about kube-proxy.
. ../../base/scripts/prelude.sh
: "${livez:?address:port of /livez}"
: "${metrics:?address:port of /proxyMode}"
: "${mode:?nftables, iptables or ipvs}"
: "${timeout:?seconds in which it has to become healthy}"
: "${hold:?seconds it has to stay so}"
# It ends itself once, when the address of its Node appears.
unit=kube-proxy endings=1
. ./http.sh
. ./kubeProxyRules.sh
. ./waitUntilHealthy.sh

check() {
  if can_http && ! http_get "$livez" /livez > /dev/null; then
    why="http://$livez/livez does not answer 200"
  elif can_http && [ "$(http_get "$metrics" /proxyMode)" != "$mode" ]; then
    why="http://$metrics/proxyMode is not $mode"
  elif ! kube_proxy_rules "$mode"; then
    why="its rules are not in the kernel"
  else
    return 0
  fi
  return 1
}
wait_until_healthy
