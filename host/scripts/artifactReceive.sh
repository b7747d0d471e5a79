# shellcheck shell=sh
# One artifact from standard input, behind as many bytes as are there of it, unpacked while it comes.
unlocked=yes
. ./library.sh
. ./artifact.sh
: "${sha256:?of the artifact}"
: "${source:?for messages}"
: "${length:?bytes of it}"
: "${offset:?bytes that are there and are not sent again}"
: "${encoding:?zstd, gzip or plain}"
: "${attempt:?a name that no other attempt has}"

unpack() {
  case $encoding in
    zstd) zstd -dcq ;;
    gzip) gzip -dc ;;
    *) cat ;;
  esac
}

umask 077
open_stage
new=$(staged_file "$sha256").part.$attempt
take_part "$sha256" "$offset" "$new"
# What has come stays for the next attempt.
unpack >> "$new" && [ "$(size "$new")" = "$length" ] || fail "$source did not come whole: $(size "$new") of $length bytes are there"
finish_artifact "$new" "$sha256" "$source"
