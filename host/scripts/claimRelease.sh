# shellcheck shell=sh
# Gives a host up: with `all` everything of ours goes, without it only who the host was (its services stop, what they made goes) and
# the files stay for the next claim. Function given by the caller: cleanup.
removing=yes
. ./library.sh
. ./process.sh
: "${units?that are ours}"
: "${all?yes where everything goes}"

main() {
  failed='' stopped=''
  for unit in $units; do
    is_there "$unit" || continue
    stopped=yes
    stop_unit "$unit" || failed="$unit does not stop; see: systemctl status $unit"
    # One that ends with an error when it is told to would be called failed for ever.
    systemctl reset-failed "$unit" 2> /dev/null
    # Without it there is no version before that a roll-back of the next claim could bring to life.
    owned=$state/$unit.owned
    if [ -z "$all" ] && owns f "/etc/systemd/system/$unit"; then rm -f "/etc/systemd/system/$unit"; fi
  done
  owned=$state/$name.owned
  [ -z "$stopped" ] || systemctl daemon-reload
  cleanup || failed=${failed:-'the clean-up failed'}
  [ -z "$all" ] || remove_all || failed=${failed:-'not all could be removed'}
  [ -z "$failed" ] || fail "$failed"
  [ -z "$all" ] || give_host_up
}
# is_there UNIT: false for one that its own resource has removed: neither its file nor the link by which it starts at boot is there.
is_there() {
  ! present "/etc/systemd/system/$1" && ! present "/etc/systemd/system/multi-user.target.wants/$1" || return 0
  case $(systemctl is-active "$1" 2> /dev/null) in active | activating | deactivating | reloading) ;; *) return 1 ;; esac
}
remove_all() {
  set +f
  set -- "$state"/*.owned
  set -f
  directories=$(sed -n 's/^d //p' "$@" 2> /dev/null | sort -ru)
  removed=0
  for list in "$@"; do (owned=$list && remove_owned) || removed=1; done
  # Those of one list may have held files of another.
  for path in $directories; do rmdir "$path" 2> /dev/null; done
  # What a change that was cut off has left there.
  set +f
  rm -rf "$state"/*.staged "$state"/*.superseded "$state"/*.superseded.new "$state"/*.instance "$state"/*.instance.new
  set -f
  [ -z "$stopped" ] || systemctl daemon-reload
  return "$removed"
}
give_host_up() {
  rm -f "$state/owner"
  forget_state
}
main < /dev/null
