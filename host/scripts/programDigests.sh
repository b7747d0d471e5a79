# shellcheck shell=sh
# Digests of installed programs, which take time to make. Who installs one notes it in `$state/NAME.digests`, with what changes along
# with the file whoever changes it: inode, size and time of change, which nobody can set. Who starts it needs to make none then.

# identity PATH
identity() { stat -c '%d:%i:%s:%.9Z' "$1" 2> /dev/null; }

# note_digests TABLE: of these, and of no others any more, for each PROGRAM its SHA256. A line that was cut off names no program.
# shellcheck disable=SC2086
note_digests() {
  set -- $1
  [ $# -gt 0 ] || return 0
  own f "$state/$name.digests"
  lines=$(while [ $# -gt 0 ]; do
    printf '%s %s %s\n' "$2" "$(identity "$1")" "$1"
    shift 2
  done)
  [ "$lines" = "$(cat "$state/$name.digests" 2> /dev/null)" ] || printf '%s\n' "$lines" > "$state/$name.digests" \
    || fail "cannot write $state/$name.digests"
}

# program_digest PATH: sets `digest`, its SHA-256: as noted where nothing has changed the file since; empty where there is none.
program_digest() {
  program=$1 digest=''
  is=$(identity "$program") || return 0
  set +f
  set -- "$state"/*.digests
  set -f
  for notes in "$@"; do
    [ -f "$notes" ] || continue
    while read -r digest line; do [ "$line" != "$is $program" ] || return 0; done < "$notes"
  done
  large_digest "$program"
}
