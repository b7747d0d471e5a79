# shellcheck shell=sh
# Waits until the proxy runs with the configuration that is there, has found an API server alive, and stays so. An API server whose
# certificate the clients of the proxy would refuse is told at once: waiting does not mend it.
. ../../base/scripts/prelude.sh
: "${status:?address:port at which the proxy says how it sees the API servers}"
: "${revision:?of the configuration that is to be there}"
: "${api_servers?HOST:PORT, one a line}"
: "${subject:?what the certificate of each has to have for its clients, as openssl writes it}"
: "${timeout:?seconds in which it has to become healthy}"
: "${hold:?seconds it has to stay so}"
unit=kube-apiserver-proxy endings=0
. ./paths.sh
. ./apiServers.sh
. ./waitUntilHealthy.sh

check_certificates() {
  for server in $api_servers; do
    ! names=$(wrong_certificate "$server" "$subject") || {
      printf '%s\n' "$unit: is not healthy: the certificate of the API server $server has no $subject, by which kubelet and kube-proxy ask for it through the proxy (it has $names); make it anew with that name (kubeadm: apiServer.certSANs; kube-apiserver --tls-cert-file), or set apiServerEndpoint to a loopback address that it has" >&2
      exit 1
    }
  done
}

check() {
  can_http || return 0
  seen=$(seen_api_servers "$status")
  if [ -z "$seen" ]; then
    why="http://$status does not answer for the configuration that is written"
  elif ! printf '%s\n' "$seen" | grep -q '|UP[^|]*|L7OK'; then
    why="no API server is alive: $(printf '%s\n' "$seen" | dead_api_servers | in_one_line)"
    case $seen in *handshake*) why="$why, is its certificate by a CA of caCertPem?" ;; esac
  else
    return 0
  fi
  return 1
}
# After a roll-back it is the configuration before that is there, of which this was known.
[ "$(written_revision)" != "$revision" ] || check_certificates
wait_until_healthy
