# shellcheck shell=sh
# certificate_digests: SHA-256 of each certificate of a PEM text, in hexadecimal, one a line; without openssl, which hosts may lack.
certificate_digests() {
  block='' inside=''
  tr -d '\r' | while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *'-BEGIN CERTIFICATE-'*) block='' inside=yes ;;
      *'-END CERTIFICATE-'*)
        [ -z "$inside" ] || printf '%s' "$block" | base64 -d 2> /dev/null | sha256sum | cut -d' ' -f1
        inside=''
        ;;
      *) [ -z "$inside" ] || block=$block$line ;;
    esac
  done
}

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
