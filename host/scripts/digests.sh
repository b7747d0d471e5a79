# shellcheck shell=sh
# The digest of each path that is there.
. ./library.sh
: "${paths:?to look at}"

main() { for path in $paths; do report_digest "$path"; done; }
main < /dev/null
