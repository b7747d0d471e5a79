# shellcheck shell=sh
# Binaries that are not wanted any more. The unit names the version it starts, so that the way back is a change of the unit: a version
# stays as long as a unit starts it, or would after a roll-back. `$state/NAME.superseded` lists those of a resource, one path a line;
# they are on its list of what is ours too until they are gone.

# supersede PATHS: these, and no others any more, of this resource.
supersede() {
  if [ -z "$1" ]; then
    rm -f "$state/$name.superseded"
    return
  fi
  printf '%s\n' "$1" > "$state/$name.superseded.new" && mv -f "$state/$name.superseded.new" "$state/$name.superseded" \
    || fail "cannot write $state/$name.superseded"
}

# started_by_unit PATH
started_by_unit() (
  set +f
  sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' /etc/systemd/system/*.service /etc/systemd/system/.*.service.old \
    /etc/systemd/system/*.service.d/*.conf 2> /dev/null | grep -qxF "$1"
)

# retire_superseded: of all resources.
retire_superseded() {
  set +f
  set -- "$state"/*.superseded
  set -f
  for list in "$@"; do [ ! -f "$list" ] || retire_list "$list"; done
}
# What cannot be removed stays on the lists, and is told by the removal.
retire_list() {
  mine=$owned owned=${1%.superseded}.owned
  : > "$1.new" || fail "cannot write $1.new"
  for path in $(cat "$1"); do
    ! started_by_unit "$path" && retire "$path" || printf '%s\n' "$path" >> "$1.new"
  done
  if [ -s "$1.new" ]; then mv -f "$1.new" "$1"; else rm -f "$1" "$1.new"; fi
  owned=$mine
}
# Whatever it is killed at, the next one ends it: as long as the path is on the list of what is ours, what is there is no original.
retire() {
  if owns f "$1"; then
    beside "$1"
    rm -f "$1" "$new" "$old" "$absent" 2> /dev/null
    present "$1" && return 1
    original "$1"
    ! present "$original" || cp -dp "$original" "$1" || return 1
    give_up f "$1"
  fi
  original "$1"
  rm -f "$original"
  folder=${1%/*}
  ! owns d "$folder" || ! rmdir "$folder" 2> /dev/null || give_up d "$folder"
}
