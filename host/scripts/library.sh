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
# Each process that a host starts takes longer than all that a shell does by itself: what needs none has none, and functions that are
# called often leave their answer in a variable of their own name.
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

# first_line FILE: sets `first_line`, empty where there is no file.
first_line() {
  first_line=''
  { IFS= read -r first_line < "$1"; } 2> /dev/null
}

# Sets `holder`: the claim that holds the host and the machine it was made for, as two words; a third is the claim that the host was
# taken from, as long as that one has not said that it is gone. Empty where there is no record.
holder() {
  first_line "$state/owner"
  holder=$first_line
}
# Sets `this_machine`.
this_machine() {
  first_line /etc/machine-id
  this_machine=$first_line
}
# A removal goes on where the record is lost: what the program knows is on this machine.
check_claim() {
  [ -n "$claim" ] || return 0
  holder
  this_machine
  # shellcheck disable=SC2086
  set -- $holder
  [ -z "${removing-}" ] || [ $# -gt 0 ] || [ "$this_machine" != "$machine_id" ] || return 0
  if [ "${1-}" != "$claim" ] || [ "${2-}" != "$machine_id" ] || [ "$this_machine" != "$machine_id" ]; then
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
held_by_other() {
  [ -f "$holding" ] || return 1
  first_line "$holding"
  [ "$first_line" != "$instance" ]
}
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
# left_over PATHS: sets `left_over`, what is on a list that is taken over and is none of these.
left_over() {
  left_over=''
  held_by_other || return 0
  owned_paths f
  for path in $owned_paths; do
    case " $1 " in *" $path "*) ;; *) left_over="$left_over $path" ;; esac
  done
}

present() { [ -e "$1" ] || [ -L "$1" ]; }
# beside PATH: sets `new`, `old` and `absent`, where its other versions are; the last says that there was none before.
beside() {
  new=${1%/*}/.${1##*/}.new
  old=${1%/*}/.${1##*/}.old
  absent=$old-absent
}
# original PATH: sets `original`, where what was there before ours is kept: under its path with ":" for "/".
original() {
  original=$state/original
  remaining=$1
  while [ "${remaining#*/}" != "$remaining" ]; do
    original=$original${remaining%%/*}:
    remaining=${remaining#*/}
  done
  original=$original$remaining
}

# The list that `owned` names, with a line break before its first line and behind each, as it was read once.
listing='' listing_of=''
read_list() {
  [ "$listing_of" != "$owned" ] || return 0
  listing='
'
  listing_of=$owned
  [ -f "$owned" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    listing="$listing$line
"
  done < "$owned"
}
owns() {
  read_list
  case $listing in
    *"
$1 $2
"*) return 0 ;;
  esac
  return 1
}
own() {
  ! owns "$1" "$2" || return 0
  [ -d "$state" ] || mkdir -m 0700 "$state" || fail "cannot create $state"
  printf '%s %s\n' "$1" "$2" >> "$owned" || fail "cannot write $owned"
  listing="$listing$1 $2
"
}
give_up() {
  owns "$1" "$2" || return 0
  listing="${listing%%"
$1 $2
"*}
${listing#*"
$1 $2
"}"
  printf %s "${listing#?}" > "$owned.new" && mv -f "$owned.new" "$owned"
}
# owned_paths KIND: sets `owned_paths`, those of the list, each behind a blank.
owned_paths() {
  owned_paths=''
  read_list
  wanted_kind=$1
  # shellcheck disable=SC2086
  set -- $listing
  while [ $# -gt 1 ]; do
    [ "$1" != "$wanted_kind" ] || owned_paths="$owned_paths $2"
    shift 2
  done
}
# Paths and directories that the program knows to have written although the list does not say so any more: what is there is no
# original.
own_known() {
  for path in ${known-}; do own f "$path"; done
  for path in ${made-}; do own d "$path"; done
}

# make_directory PATH MODE, with those above it.
make_directory() {
  [ -n "$1" ] && [ ! -d "$1" ] || return 0
  make_directory "${1%/*}" "$2" || return 1
  own d "$1" && mkdir -m "$2" "$1"
}
# digest PATH: sets `digest`, its SHA-256 in hexadecimal; empty where there is no file.
digest() {
  digest=$({ sha256sum < "$1"; } 2> /dev/null)
  digest=${digest%% *}
}

# set_mode PATH MODE OWNER, as stat prints them; nothing where they are so.
set_mode() {
  [ "$(stat -c '%a %U:%G' "$1")" = "$2 $3" ] || { chown "$3" "$1" && chmod "$2" "$1"; } \
    || fail "cannot set mode $2 and owner $3 of $1"
}

staged='' fresh=''
# stage_files TABLE: for each file PATH MODE OWNER CHANGE SHA256 BASE64.
# shellcheck disable=SC2086
stage_files() {
  set -- $1
  while [ $# -gt 0 ]; do
    stage_file "$1" "$2" "$3" "$5" "$6"
    shift 6
  done
  [ -z "$fresh" ] || sync $fresh || fail "cannot write$fresh"
}
# stage_file PATH MODE OWNER SHA256 BASE64: nothing where the file is right already.
stage_file() {
  beside "$1"
  if [ -f "$1" ] && ! [ -L "$1" ] && digest "$1" && [ "$digest" = "$4" ]; then
    keep_original "$1"
    ! present "$new" || rm -f "$new"
    set_mode "$1" "$2" "$3"
    return
  fi
  make_directory "${1%/*}" 0755 || fail "cannot create the directory of $1"
  keep_original "$1"
  # A script that was killed may have left its own.
  ! present "$new" || rm -f "$new" || fail "cannot write $new"
  write_staged "$2" "$3" "$5" || {
    rm -f "$new"
    fail "cannot write $new"
  }
  staged="$staged $1" fresh="$fresh $new"
}
# write_staged MODE OWNER BASE64
write_staged() {
  umask 077
  printf %s "${3#-}" | base64 -d > "$new"
  written=$?
  umask 022
  [ "$written" = 0 ] && chown "$2" "$new" && chmod "$1" "$new"
}
# What was there before anything of ours. A link, as that of a masked unit, is kept as a link.
keep_original() {
  if ! owns f "$1" && present "$1"; then
    original "$1"
    mkdir -p -m 0700 "$state" && cp -dp "$1" "$original" || fail "cannot keep the original of $1"
  fi
  own f "$1"
}
# The version that a roll-back brings back: the one before the first change that was not settled.
keep_before() {
  beside "$1"
  present "$old" || [ -e "$absent" ] && return 0
  if present "$1"; then ln -P "$1" "$old"; else : > "$absent"; fi
}
swap() { keep_before "$1" && mv -f "$new" "$1"; }
# Takes a file away that is not wanted any more; what was there before ours comes in its place.
drop() {
  keep_before "$1" && rm -f "$1" "$new" || return 1
  original "$1"
  ! present "$original" || cp -dp "$original" "$1"
}
unsettled() {
  beside "$1"
  present "$old" || [ -e "$absent" ]
}
put_back() {
  beside "$1"
  rm -f "$new"
  # The same file twice: the swap had not come to it.
  if [ "$old" -ef "$1" ]; then rm -f "$old"; elif present "$old"; then mv -f "$old" "$1"; elif [ -e "$absent" ]; then rm -f "$1" && rm -f "$absent"; fi
}
# settle PATHS
# shellcheck disable=SC2086
settle() {
  settled=''
  for path in "$@"; do ! unsettled "$path" || settled="$settled $old $absent"; done
  [ -z "$settled" ] || rm -f $settled
}
settle_dropped() {
  settle "$1"
  original "$1"
  ! present "$original" || rm -f "$original"
  give_up f "$1"
}

# report_file PATH FORM: its text, base64, or its digest where the text is secret.
report_file() {
  [ -f "$1" ] || return 0
  if [ "$2" = text ]; then
    content=$(head -c 1000000 "$1" | base64 -w 0)
  else
    digest "$1"
    content=$digest
  fi
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
report_directories() {
  owned_paths d
  for path in $owned_paths; do echo "made|$path"; done
}
# report_digests PATHS: of those that are there.
report_digests() {
  for path in "$@"; do
    [ -f "$path" ] || continue
    large_digest "$path"
    printf 'digest|%s|%s|%s\n' "$path" "$digest" "$(stat -c '%a|%U:%G' "$path")"
  done
}
# large_digest PATH: as digest, by openssl where there is one: it uses the processor's own instructions, which sha256sum may not.
large_digest() {
  digest=''
  ! has openssl || digest=$({ openssl dgst -sha256 -r < "$1"; } 2> /dev/null)
  digest=${digest%% *}
  [ "${#digest}" = 64 ] || digest "$1"
}

# remove_owned: what the list says; everything is tried before what could not be removed is told.
# shellcheck disable=SC2046,SC2086
remove_owned() {
  [ -f "$owned" ] || return 0
  there='' left=''
  owned_paths f
  for path in $owned_paths; do
    beside "$path"
    for place in "$path" "$new" "$old" "$absent"; do ! present "$place" || there="$there $place"; done
  done
  [ -z "$there" ] || rm -f $there 2> /dev/null
  for place in $there; do ! present "$place" || left="$left $place"; done
  [ -z "$left" ] || fail "cannot remove$left; are they immutable (lsattr), or is their file system read-only?"
  for path in $owned_paths; do
    original "$path"
    ! present "$original" || mv "$original" "$path" || fail "cannot give back what was at $path"
  done
  owned_paths d
  [ -z "$owned_paths" ] || rmdir $(printf '%s\n' $owned_paths | sort -r) 2> /dev/null
  rm -f "$owned"
  listing_of=''
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
