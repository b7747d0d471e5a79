# shellcheck shell=sh
# Brings the kubelet's own kubeconfig, which it wrote when it joined, to the API server that the settings say and the CA that is written
# for it. Prints "changed|PATH" if it was another, for then the kubelet has to restart. Without the file the kubelet will write it from
# the bootstrap one.
# A client certificate of a CA that is trusted no more goes with it: a kubelet that has one would show it for as long as it lasts, also
# to an API server that refuses it, and one that has none asks for a new one with the bootstrap token.
. ../../base/scripts/prelude.sh
: "${server:?URL of the API server}"
. ./paths.sh
. ./certificates.sh

# retired_key_ids: of the CAs that the kubeconfig has and the settings have not. A CA whose certificate was renewed has the same key.
retired_key_ids() {
  kept=$(each_certificate own_key_id < "$ca_cert")
  kubeconfig_ca "$kubelet_kubeconfig" | each_certificate own_key_id | grep -vxF "${kept:-none}"
}

# Before the kubeconfig, which says what was trusted until now, so that a run that is cut off in between is taken up. Only one of a CA
# that was taken out goes: the signer of kubelets may be another than those in caCertPem.
retire_certificate() {
  [ -e "$kubelet_certificate" ] || return 0
  issuer=$(each_certificate issuer_key_id < "$kubelet_certificate" | head -n 1)
  [ -n "$issuer" ] && retired_key_ids | grep -qxF "$issuer" || return 0
  rm -f "$kubelet_certificate" || exit 1
  echo "changed|$kubelet_certificate"
}

[ -e "$kubelet_kubeconfig" ] || exit 0
path=$(readlink -f "$kubelet_kubeconfig")
fresh=${path%/*}/.${path##*/}.new
umask 077
ca_data=$(base64 -w 0 < "$ca_cert")
[ -n "$ca_data" ] || exit 1
# Each cluster is a map of plain scalars, as every client of Kubernetes writes it; the lines of its CA give way to ours.
server=$server ca_data=$ca_data awk '
  function quoted(text) {
    if (text ~ /^[A-Za-z0-9][]A-Za-z0-9:\/.[_-]*$/) return text
    gsub(quote, quote quote, text)
    return quote text quote
  }
  BEGIN { quote = sprintf("%c", 39) }
  /^[^ #-]/ { section = $1 }
  section == "clusters:" {
    line = $0
    lead = match(line, /^[ -]*/) ? substr(line, 1, RLENGTH) : ""
    key = substr(line, length(lead) + 1)
    if (key ~ /^(certificate-authority|certificate-authority-data|insecure-skip-tls-verify):/) {
      # The dash of a list may stand before it.
      if (lead ~ /-/) held = lead
      next
    }
    if (key ~ /^server:/) {
      if (held != "") lead = held
      held = ""
      print lead "certificate-authority-data: " ENVIRON["ca_data"]
      gsub(/-/, " ", lead)
      print lead "server: " quoted(ENVIRON["server"])
      servers++
      next
    }
  }
  { print }
  END { exit !servers }' "$path" > "$fresh" || {
  rm -f "$fresh"
  echo "$kubelet_kubeconfig has no cluster with a server that can be read; remove it and run up again, the kubelet then asks for a new certificate" >&2
  exit 1
}
retire_certificate
if cmp -s "$fresh" "$path"; then
  rm -f "$fresh"
else
  chmod 0600 "$fresh" && sync "$fresh" && mv -f "$fresh" "$path" || exit 1
  echo "changed|$kubelet_kubeconfig"
fi
