# shellcheck shell=sh
# One service as a transaction: everything is staged beside its place, swapped, and the unit restarted only if the running process
# has not read what is there now; reloaded where it reads what has changed when it is told so. Whatever fails, the host ends as before
# (exit status 10) or says that it does not.
#
# Functions given by the caller: health (does the service work?), cleanup (after a first version that did not hold), adjust (brings
# files that the service wrote itself to what the settings say; prints the path of each it changed), look (prints `fault|...` for
# what only a restart repairs), tidy (takes away what versions before have left and the one that runs does not use). Prints
# `made|PATH` for each directory that is ours, and `started|MILLISECONDS`.
. ./library.sh
. ./process.sh
. ./superseded.sh
. ./programDigests.sh
. ../../base/scripts/reason.sh
. ../../base/scripts/dropIns.sh
: "${unit:?name of the unit, with its suffix}"
: "${ours?yes where the unit itself is ours}"
: "${files?for each file PATH MODE OWNER CHANGE SHA256 BASE64, the unit first; CHANGE is restart, reload or nothing}"
: "${programs?for each binary that the unit starts PATH SHA256; they are there, at paths of their version}"
: "${directories?that the service needs}"
: "${adjusts?paths that adjust may change}"
: "${dropped?paths that were managed before and are not any more}"
: "${known?paths that the program has written before}"
: "${made?directories that it has made before}"

unit_path=/etc/systemd/system/$unit
stamp=$state/$unit.started
settling=$state/$unit.settling
managed='' watched='' wanted='' reread='' reloaded=''

# shellcheck disable=SC2086
read_tables() {
  set -- $files
  while [ $# -gt 0 ]; do
    managed="$managed $1"
    case $4 in
      restart) watched="$watched $1" wanted="$wanted $1 $5" ;;
      reload) reread="$reread $1" reloaded="$reloaded $1 $5" ;;
    esac
    shift 6
  done
  set -- $programs
  while [ $# -gt 0 ]; do
    watched="$watched $1" wanted="$wanted $1 $2"
    shift 2
  done
}

# Under a drop-in that replaces ExecStart another program would run than ours, and be told to be what was asked for.
refuse_drop_ins() {
  [ -n "$ours" ] || return 0
  for path in $(drop_ins "$unit" | sed -n 's/^replaces|//p'); do
    fail "$path $(replaces_program "$unit" "$path"); nothing was changed"
  done
}

# shellcheck disable=SC2086
stage_all() {
  for path in $directories; do make_directory "$path" 0755 || fail "cannot create $path"; done
  owned_paths d
  for path in $owned_paths; do
    make_directory "$path" 0755 && set_mode "$path" 755 root:root || fail "cannot make $path as it was"
  done
  stage_files "$files"
  set -- $programs
  while [ $# -gt 0 ]; do
    program_digest "$1"
    [ "$digest" = "$2" ] || fail "$1 is not the binary that was put there; run: pulumi up --refresh"
    shift 2
  done
}

# Each of these fails alone, so that the caller rolls back.
exchange() {
  for path in $staged; do swap "$path" || return 1; done
  for path in $dropped; do drop "$path" || return 1; done
  for path in $adjusts; do ! present "$path" || keep_before "$path" || return 1; done
  adjusted=$(adjust) || return 1
}

reload_needed() {
  case " $staged $dropped " in *" $unit_path "*) return 0 ;; esac
  unit_property "$unit" NeedDaemonReload
  [ "$unit_property" = yes ]
}

# A reload runs every generator of the host: there is one for all, after this.
enable_unit() {
  [ -n "$ours" ] && [ "$(systemctl is-enabled "$unit" 2> /dev/null)" != enabled ] || return 0
  enabled=yes
  systemctl unmask --quiet --no-reload "$unit" 2> /dev/null
  systemctl enable --quiet --no-reload "$unit" || fail "cannot enable $unit"
}

# What the stamp says: the process that a run of ours started, and digests of what it read at its start and at its last reload.
read_stamp() {
  stamped='' read_at_start='' read_at_reload=''
  { read -r stamped && read -r read_at_start && read -r read_at_reload; } 2> /dev/null < "$stamp"
}
# unread DIGEST STAMPED PATHS: whether the running process may have read something else than what is at some paths now. Of a process
# that a run of ours started it is known what it read; any other must be younger than all that it reads.
unread() {
  for path in $staged $dropped; do
    case " $3 $dropped " in *" $path "*) return 0 ;; esac
  done
  if process "$unit" && [ "$process" = "$stamped" ]; then
    [ "$1" != "$2" ]
    return
  fi
  [ -z "$reload" ] && started "$unit" || return 0
  for path in $3; do older_than "$started" "$path" || return 0; done
  return 1
}
restart_needed() { [ "$(systemctl is-active "$unit")" != active ] || [ -n "$adjusted" ] || unread "$fingerprint" "$read_at_start" "$watched"; }
# Whether it has yet to read again what it reads at a reload.
reread_needed() { [ -n "$reread" ] && unread "$reloaded" "$read_at_reload" "$reread"; }
# Sets `how`. What may only seem to be a fault of a process that has yet to read its files is not asked for before.
what_is_needed() {
  read_stamp
  if restart_needed; then how=restart; elif reread_needed; then how=reload; elif has_fault; then how=restart; fi
}
has_fault() {
  case "
$(look 2> /dev/null)" in *"
fault|"*) ;; *) return 1 ;; esac
}

# start HOW: restart or reload.
start() {
  systemctl reset-failed "$unit" 2> /dev/null
  if ! systemctl "$1" "$unit"; then
    reason "$unit" >&2
    return 1
  fi
  health
}

# The staged files of a change that did not begin.
unstage() {
  for path in $managed $dropped; do
    beside "$path"
    rm -f "$new"
  done
  for path in $managed $dropped $adjusts; do ! unsettled "$path" || exit 1; done
  exit 10
}

roll_back() {
  first='' changed='' broken=''
  beside "$unit_path"
  [ -z "$ours" ] || ! [ -e "$absent" ] || first=yes
  for path in $managed $dropped $adjusts; do
    ! unsettled "$path" || changed=yes
    put_back "$path" || broken="$broken $path"
  done
  [ -z "$broken" ] || fail "cannot put back what was before at$broken"
  # A unit that was there before, as that of a package, is not the first one.
  if [ -n "$first" ] && systemctl daemon-reload && is_loaded; then first=''; fi
  [ -z "$first" ] || undo_first
  systemctl daemon-reload
  [ -n "$changed" ] || fail "nothing of $unit had changed; see: journalctl -u $unit"
  start "$(way_back)" || fail "the version before was put back, but $unit does not become healthy with it either"
  printf '%s\n' "the version before was put back and $unit runs with it" >&2
  write_stamp before
  exit 10
}
# What was only told to read again reads what was put back in the same way, if it still runs.
way_back() {
  if [ "$how" = reload ] && [ "$(systemctl is-active "$unit")" = active ]; then echo reload; else echo restart; fi
}
is_loaded() {
  # What ran under our unit is not what the other one starts.
  unit_property "$unit" FragmentPath
  [ -n "$unit_property" ] && [ "$unit_property" != "$unit_path" ]
}
undo_first() {
  stop_unit "$unit"
  cleanup
  remove_owned
  forget_state
  systemctl daemon-reload
  printf '%s\n' "there was no version before; $unit was stopped and its files taken away" >&2
  exit 10
}

at_exit() {
  status=$?
  trap - EXIT
  case $phase in
    staging) unstage ;;
    changing) roll_back ;;
    *) exit "$status" ;;
  esac
}

# What the process that runs now has read. Of a version before it is not known here; the next change asks the process again.
write_stamp() {
  own f "$stamp"
  if [ "$1" = new ] && process "$unit"; then
    facts="$process
$fingerprint${reloaded:+
$reloaded}"
    [ "$(cat "$stamp" 2> /dev/null)" = "$facts" ] && return
    printf '%s\n' "$facts" > "$stamp.new" && mv -f "$stamp.new" "$stamp" || fail "cannot write $stamp"
  else
    rm -f "$stamp"
  fi
}

# The versions before go. What is to be settled is noted first, so that a roll-back after a run that was cut off here does not bring
# a part of them back.
settle_all() {
  own f "$settling"
  {
    for path in $managed $adjusts; do echo "kept $path"; done
    for path in $dropped; do echo "dropped $path"; done
  } > "$settling.new" && mv -f "$settling.new" "$settling" || fail "cannot write $settling"
  finish_settling
}
finish_settling() {
  [ -f "$settling" ] || return 0
  kept=''
  while read -r kind path; do
    if [ "$kind" = kept ]; then kept="$kept $path"; else settle_dropped "$path"; fi
  done < "$settling"
  # shellcheck disable=SC2086
  settle $kept
  rm -f "$settling"
}

# fingerprint TEXT: sets `fingerprint`.
fingerprint() {
  fingerprint=$(printf %s "$1" | sha256sum)
  fingerprint=${fingerprint%% *}
}

main() {
  phase=staging
  trap at_exit EXIT
  finish_settling
  own_known
  read_tables
  left_over "$managed $stamp $settling"
  dropped="$dropped$left_over"
  refuse_drop_ins
  how=''
  [ -z "$reloaded" ] || {
    fingerprint "$reloaded"
    reloaded=$fingerprint
  }
  fingerprint "$wanted"
  stage_all
  phase=changing
  exchange || fail "cannot put the new files of $unit in place"
  enabled='' reload=''
  enable_unit
  ! reload_needed || reload=yes
  [ -z "$enabled$reload" ] || systemctl daemon-reload || fail "systemctl daemon-reload failed"
  what_is_needed
  [ -z "$how" ] || start "$how" || fail "$unit is not healthy with what was to be changed"
  phase=settled
  write_stamp new
  settle_all
  hold_list
  # The version before goes once the new one has held.
  retire_superseded
  tidy || fail "what $unit has left from before could not all be taken away, see above"
  report_directories
  started_at "$unit"
  echo "started|$started_at"
}
main < /dev/null
