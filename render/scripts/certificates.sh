# shellcheck shell=sh
# Without openssl, which hosts may lack.

# each_certificate COMMAND...: for each certificate of a PEM text, its DER bytes on the standard input of a command.
each_certificate() {
  block='' inside=''
  tr -d '\r' | while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *'-BEGIN CERTIFICATE-'*) block='' inside=yes ;;
      *'-END CERTIFICATE-'*)
        [ -z "$inside" ] || printf '%s' "$block" | base64 -d 2> /dev/null | "$@"
        inside=''
        ;;
      *) [ -z "$inside" ] || block=$block$line ;;
    esac
  done
}

# certificate_digests: SHA-256 of each certificate of a PEM text, in hexadecimal, one a line.
certificate_digests() { each_certificate sha256sum | cut -d' ' -f1; }

# key_id EXTENSION: of a certificate's DER bytes the key identifier in that extension, in hexadecimal; nothing where there is none.
# The extension is its name and the tags before the identifier, each with a byte of length between (RFC 5280, 4.2.1.1 and 4.2.1.2).
key_id() {
  id=$(od -An -v -tx1 | tr -d ' \n' | sed -n "s/.*$1\(..\)\(.*\)/\1 \2/p")
  [ -z "$id" ] || printf "%.$((0x${id%% *} * 2))s\n" "${id#* }"
}
own_key_id() { key_id '0603551d0e04..04'; }
issuer_key_id() { key_id '0603551d2304..30..80'; }

# kubeconfig_value FILE KEY: of the first cluster or user that has it.
kubeconfig_value() { sed -n "s/^[ -]*$2: *[\"']\{0,1\}\([^\"']*[^\"' ]\)[\"']\{0,1\} *\$/\1/p" "$1" | head -n 1; }

# kubeconfig_ca FILE: the PEM text of the CA that a kubeconfig trusts.
kubeconfig_ca() {
  data=$(kubeconfig_value "$1" certificate-authority-data)
  if [ -n "$data" ]; then
    printf '%s' "$data" | base64 -d 2> /dev/null
  else
    authority=$(kubeconfig_value "$1" certificate-authority)
    [ -z "$authority" ] || cat "$authority" 2> /dev/null
  fi
}
