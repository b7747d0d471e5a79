# shellcheck shell=sh
# How the node's own proxy sees the API servers, and how clients would see their certificates. Needs prelude.sh and
# paths.sh.
. ./http.sh

# written_revision: of the configuration that is there, in whose name the proxy that has read it answers.
written_revision() { sed -n 's|^ *stats uri /||p' "$api_server_proxy_configuration" 2> /dev/null; }

# seen_api_servers STATUS: one a line, NAME, STATE and what the last check said, between bars; nothing where the proxy does not run with
# the configuration that is there. A check that goes on has a star before what the last one said.
seen_api_servers() {
  revision_there=$(written_revision)
  [ -n "$revision_there" ] && http_get "$1" "/$revision_there;csv" | tr -d '\r' | awk -F, '
    NR == 1 { sub(/^# */, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["pxname"] == "kube-apiserver" && $at["svname"] != "FRONTEND" && $at["svname"] != "BACKEND" {
      check = $at["check_status"]
      sub(/^\* */, "", check)
      said = $at["last_chk"]
      gsub(/"/, "", said)
      print $at["svname"] "|" $at["status"] "|" check (said == "" ? "" : ": " said)
    }'
}

# dead_api_servers: of such lines those that do not say of a server that it was found alive, in words.
dead_api_servers() { grep -v '|UP[^|]*|L7OK' | sed 's/|/ is /; s/|\(..*\)/ (\1)/; s/|$//'; }
in_one_line() { awk '{ list = list separator $0; separator = ", " } END { print list }'; }

# certificate_names SERVER: the names in the certificate that it shows, "DNS:a, IP Address:10.0.0.10"; nothing where it does not answer
# or no tool here tells.
certificate_names() {
  if has openssl; then
    timeout 5 openssl s_client -connect "$1" < /dev/null 2> /dev/null | openssl x509 -noout -ext subjectAltName 2> /dev/null | sed -n '2s/^ *//p'
  elif has curl; then
    curl -sk --noproxy '*' --max-time 5 -o /dev/null -w '%{certs}' "https://$1/" 2> /dev/null \
      | sed -n 's/^X509v3 Subject Alternative Name: *//p' | head -n 1
  fi
}

# wrong_certificate SERVER SUBJECT: the names that it has instead, the first of them; fails where it has the name, or cannot be told.
wrong_certificate() {
  names=$(certificate_names "$1")
  [ -n "$names" ] || return 1
  case ", $names," in *", $2,"*) return 1 ;; esac
  printf '%s\n' "$names" | cut -c1-300
}
