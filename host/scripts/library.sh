# shellcheck shell=sh
# What every script of ours on a host begins with. It needs a POSIX shell, coreutils, flock and, for services, systemd.
#
# Ownership is kept on the host: `$state/owner` says whose the host is, and `$state/<name>.owned` what a resource wrote there, one
# `f PATH` or `d PATH` a line, noted before a thing is written, so that removal takes away what we wrote and nothing else even after
# a run that was cut off. A file that was there before ours comes back when ours goes. `$state/<name>.instance` says which resource of
# the program the list is: one that is made anew under the same claim, say under another name in the program, takes the list over at its
# end, and the one before removes nothing of it then.
#
# A change is staged beside its place (`.<name>.new`), then swapped by rename; the version before it stays beside (`.<name>.old`, a
# hard link) until the change is known to be good.
#
# A script outlives the run that sent it: it goes on to its end when the connection is lost, whatever it has to say then (SIGPIPE is
# ignored), and one of the next run waits for it. The lock is a file that only root can open, so that nobody else can hold it; it
# goes when nothing of ours is left, and whoever waited for a lock that is gone takes the new one.
#
# Exit status: 10 = failed, and the host is as it was before; 20 = the host is held by another claim, nothing was done;
# 21 = likewise, because a removal would take what another resource still has; 22 = likewise, because another resource of the claim has
# the list now; any other but 0 = failed, and the host is in between.
. ../../base/scripts/prelude.sh
: "${name:?of the resource, unique on the host; names the list of what it owns}"
: "${claim?id of the claim that has to hold the host; empty: any}"
: "${machine_id?of the machine that has to be there; empty: any}"
: "${instance?of the resource, another one for each that was made; empty: of a resource that has none}"
umask 022
trap '' PIPE

state=/var/lib/kubernetes-worker-nodes
lock=/run/kubernetes-worker-nodes.lock
owned=$state/$name.owned
holding=$state/$name.instance
# Less than a script may take altogether (session.ts).
lock_seconds=540

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

take_lock() {
  for _ in 1 2 3 4 5; do
    (umask 077 && : >> "$lock") || fail "cannot write $lock"
    exec 9<> "$lock"
    flock -w "$lock_seconds" 9 \
      || fail "another script of ours has been changing this host for $lock_seconds s; see what it waits for: ps -ef"
    [ "$lock" -ef /dev/fd/9 ] && return
  done
  fail "$lock is another file each time it was waited for; see who removes it"
}

# The claim that holds the host and the machine it was made for, as two words; a third is the claim that the host was taken from, as
# long as that one has not said that it is gone. Nothing where there is no record.
holder() { sed -n 1p "$state/owner" 2> /dev/null; }
this_machine() { tr -d '\n' < /etc/machine-id 2> /dev/null; }
# A removal goes on where the record is lost: what the program knows is on this machine.
check_claim() {
  [ -n "$claim" ] || return 0
  # shellcheck disable=SC2046
  set -- $(holder)
  here=$(this_machine)
  [ -z "${removing-}" ] || [ $# -gt 0 ] || [ "$here" != "$machine_id" ] || return 0
  if [ "${1-}" != "$claim" ] || [ "${2-}" != "$machine_id" ] || [ "$here" != "$machine_id" ]; then
    echo "this host is not held by the claim that is recorded: it was reinstalled, is another machine, or has passed on" >&2
    exit 20
  fi
  [ -z "${removing-}" ] || [ -z "${3-}" ] || {
    echo "this host was taken over from another resource of the program, which is still there: the change was not finished, and is" \
      "taken back now; nothing was removed; run: pulumi up --refresh" >&2
    exit 21
  }
}

# Whether the list is another resource's.
held_by_other() { [ -f "$holding" ] && [ "$(cat "$holding")" != "$instance" ]; }
check_instance() {
  [ -n "${removing-}" ] && held_by_other || return 0
  echo "another resource of the program has what there is of $name now" >&2
  exit 22
}
# At the end of a change: what there is belongs to this resource.
hold_list() {
  [ -n "$instance" ] || return 0
  [ -f "$holding" ] && ! held_by_other && return
  printf '%s\n' "$instance" > "$holding.new" && mv -f "$holding.new" "$holding" || fail "cannot write $holding"
}
# left_over PATHS: what is on a list that is taken over and is none of these.
left_over() {
  held_by_other || return 0
  for path in $(sed -n 's/^f //p' "$owned"); do
    case " $1 " in *" $path "*) ;; *) echo "$path" ;; esac
  done
}

present() { [ -e "$1" ] || [ -L "$1" ]; }
beside() { printf '%s/.%s.%s' "$(dirname "$1")" "$(basename "$1")" "$2"; }
original() { printf '%s/original%s' "$state" "$(printf %s "$1" | tr / :)"; }
owns() { grep -qxF "$1 $2" "$owned" 2> /dev/null; }
own() {
  [ -d "$state" ] || mkdir -m 0700 "$state" || fail "cannot create $state"
  owns "$1" "$2" || printf '%s %s\n' "$1" "$2" >> "$owned" || fail "cannot write $owned"
}
give_up() {
  rest=$(grep -vxF "$1 $2" "$owned" 2> /dev/null)
  printf '%s' "${rest:+$rest
}" > "$owned.new" && mv -f "$owned.new" "$owned"
}
# Paths and directories that the program knows to have written although the list does not say so any more: what is there is no
# original.
own_known() {
  for path in ${known-}; do own f "$path"; done
  for path in ${made-}; do own d "$path"; done
}

make_directory() (
  [ -d "$1" ] && exit 0
  make_directory "$(dirname "$1")" "$2" || exit 1
  own d "$1" && mkdir -m "$2" "$1"
)
digest() { { sha256sum < "$1"; } 2> /dev/null | cut -d' ' -f1; }

# set_mode PATH MODE OWNER, as stat prints them; nothing where they are so.
set_mode() {
  [ "$(stat -c '%a %U:%G' "$1")" = "$2 $3" ] || { chown "$3" "$1" && chmod "$2" "$1"; } \
    || fail "cannot set mode $2 and owner $3 of $1"
}

staged=''
# stage_files TABLE: for each file PATH MODE OWNER CHANGE SHA256 BASE64.
# shellcheck disable=SC2086
stage_files() {
  set -- $1
  while [ $# -gt 0 ]; do
    stage_file "$1" "$2" "$3" "$5" "$6"
    shift 6
  done
}
# stage_file PATH MODE OWNER SHA256 BASE64: nothing where the file is right already.
stage_file() {
  if [ -f "$1" ] && ! [ -L "$1" ] && [ "$(digest "$1")" = "$4" ]; then
    keep_original "$1"
    rm -f "$(beside "$1" new)"
    set_mode "$1" "$2" "$3"
    return
  fi
  make_directory "$(dirname "$1")" 0755 || fail "cannot create the directory of $1"
  keep_original "$1"
  new=$(beside "$1" new)
  (umask 077 && printf %s "${5#-}" | base64 -d > "$new") && chown "$3" "$new" && chmod "$2" "$new" && sync "$new" || {
    rm -f "$new"
    fail "cannot write $new"
  }
  staged="$staged $1"
}
# What was there before anything of ours. A link, as that of a masked unit, is kept as a link.
keep_original() {
  if present "$1" && ! owns f "$1"; then
    mkdir -p -m 0700 "$state" && cp -dp "$1" "$(original "$1")" || fail "cannot keep the original of $1"
  fi
  own f "$1"
}
# The version that a roll-back brings back: the one before the first change that was not settled.
keep_before() {
  old=$(beside "$1" old)
  present "$old" || [ -e "$old-absent" ] && return 0
  if present "$1"; then ln -P "$1" "$old"; else : > "$old-absent"; fi
}
swap() { keep_before "$1" && mv -f "$(beside "$1" new)" "$1"; }
# Takes a file away that is not wanted any more; what was there before ours comes in its place.
drop() {
  keep_before "$1" || return 1
  rm -f "$1" "$(beside "$1" new)" || return 1
  ! present "$(original "$1")" || cp -dp "$(original "$1")" "$1"
}
unsettled() { present "$(beside "$1" old)" || [ -e "$(beside "$1" old-absent)" ]; }
put_back() {
  old=$(beside "$1" old)
  rm -f "$(beside "$1" new)"
  # The same file twice: the swap had not come to it.
  if [ "$old" -ef "$1" ]; then rm -f "$old"; elif present "$old"; then mv -f "$old" "$1"; elif [ -e "$old-absent" ]; then rm -f "$1" && rm -f "$old-absent"; fi
}
settle() {
  old=$(beside "$1" old)
  rm -f "$old" "$old-absent"
}
settle_dropped() {
  settle "$1"
  rm -f "$(original "$1")"
  give_up f "$1"
}

# report_file PATH FORM: its text, base64, or its digest where the text is secret.
report_file() {
  [ -f "$1" ] || return 0
  if [ "$2" = text ]; then content=$(head -c 1000000 "$1" | base64 | tr -d '\n'); else content=$(digest "$1"); fi
  printf 'file|%s|%s|%s|%s\n' "$1" "$(stat -c '%a|%U:%G' "$1")" "$2" "$content"
}
# report_files TABLE: for each file PATH FORM.
# shellcheck disable=SC2086
report_files() {
  set -- $1
  while [ $# -gt 0 ]; do
    report_file "$1" "$2"
    shift 2
  done
}
report_list() {
  [ -f "$owned" ] || echo "fault|$owned, the list of what is ours, is gone"
  [ -z "$instance" ] || ! held_by_other || echo "fault|$name was changed by a resource that is not in the state"
}
report_directories() { sed -n 's/^d /made|/p' "$owned" 2> /dev/null | sort; }
report_digest() { [ ! -f "$1" ] || printf 'digest|%s|%s|%s\n' "$1" "$(digest "$1")" "$(stat -c '%a|%U:%G' "$1")"; }

# remove_owned: what the list says; everything is tried before what could not be removed is told.
remove_owned() {
  [ -f "$owned" ] || return 0
  left=''
  for path in $(sed -n 's/^f //p' "$owned"); do
    rm -f "$path" "$(beside "$path" new)" "$(beside "$path" old)" "$(beside "$path" old-absent)" 2> /dev/null
    for rest in "$path" "$(beside "$path" new)" "$(beside "$path" old)"; do present "$rest" && left="$left $rest"; done
  done
  [ -z "$left" ] || fail "cannot remove$left; are they immutable (lsattr), or is their file system read-only?"
  for path in $(sed -n 's/^f //p' "$owned"); do
    ! present "$(original "$path")" || mv "$(original "$path")" "$path" || fail "cannot give back what was at $path"
  done
  for path in $(sed -n 's/^d //p' "$owned" | sort -r); do rmdir "$path" 2> /dev/null; done
  rm -f "$owned"
}
forget_state() {
  rm -f "$holding" "$holding.new"
  rmdir "$state" 2> /dev/null && rm -f "$lock"
  return 0
}

# Only what writes nothing that another script reads goes without the lock.
[ -n "${unlocked-}" ] || take_lock
check_claim
check_instance
