# shellcheck shell=sh
# The digest of each binary that is there, and `made|PATH` for each directory that is ours; and `unpacked`, when the archive of that fingerprint was unpacked and all are as then.
. ./library.sh
: "${paths:?of the binaries}"
: "${fingerprint?of what is asked for; empty: do not compare}"

report() { for path in $paths; do report_digest "$path"; done; }
main() {
  seen=$(report)
  printf '%s\n' "$seen"
  report_list
  report_directories
  [ -n "$fingerprint" ] && [ "$(cat "$state/$name.archive" 2> /dev/null)" = "$fingerprint" ] \
    && [ "$seen" = "$(cat "$state/$name.sums")" ] && echo unpacked
  return 0
}
main < /dev/null
