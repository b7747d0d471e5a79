# shellcheck shell=sh
# Binaries as they are on the host: the digest of each that is there; `unpacked` where the archive needs no unpacking; of each
# artifact that is looked for whether it is `staged`, or how much of it is there; and what the host can unpack. Reads only.
. ./library.sh
. ./artifact.sh
: "${programs?paths}"
: "${directory?of members of the archive}"
: "${members?names in the archive}"
: "${fingerprint?of the archive and what is wanted of it; empty: it is not looked for}"
: "${artifacts?digests of what is to be sent}"
. ./binaries.sh

report_staged() {
  if [ -f "$(staged_file "$1")" ]; then
    echo "staged|$1"
  elif part=$(part_of "$1"); then
    large_digest "$part"
    echo "part|$1|$(size "$part")|$digest"
  fi
}

main() {
  # shellcheck disable=SC2086
  report_digests $programs
  members_seen
  report_list
  ! unpacked || echo 'unpacked|'
  for sha256 in $artifacts; do report_staged "$sha256"; done
  for program in zstd gzip; do ! has "$program" || echo "unpacks|$program"; done
}
main < /dev/null
