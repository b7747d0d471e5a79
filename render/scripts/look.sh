# shellcheck shell=sh
# What the scripts that look for drift share. One line each: "fault|TEXT" for what is ours and the next `up` repairs,
# "foreign|TEXT" for what is not ours and only told.
. ../../base/scripts/dropIns.sh

# The names of files are whatever somebody called them: no control characters, one line.
tell() { printf '%s|%s\n' "$1" "$(printf '%s' "$2" | tr '\n' ' ' | tr -d '\000-\037\177')"; }
fault() { tell fault "$1"; }
foreign() { tell foreign "$1"; }

# look_at_unit UNIT
look_at_unit() {
  case $(systemctl is-enabled "$1" 2> /dev/null) in masked*) fault "$1 is masked" ;; esac
  [ "$(systemctl show --property=NeedDaemonReload "$1" 2> /dev/null)" != NeedDaemonReload=yes ] \
    || fault "systemd runs $1 by an older text than the files have"
  drop_ins "$1" | while IFS='|' read -r kind path; do
    case $kind in
      replaces) foreign "$path $(replaces_program "$1" "$path")" ;;
      *) foreign "$path is a drop-in of $1" ;;
    esac
  done
}

# look_at_directory DIRECTORY OURS: files that are not among ours, which are one a line; hidden ones are nobody's to load.
look_at_directory() {
  others=$(find "$1/" -mindepth 1 -maxdepth 1 ! -name '.*' 2> /dev/null | sed 's|.*/||' | sort | grep -vxF "$2" | tr '\n' ' ')
  [ -z "$others" ] || foreign "$1 has files that are not ours: ${others% }"
}
