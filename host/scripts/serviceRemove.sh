# shellcheck shell=sh
# Stops a unit, cleans up after it, and removes what is ours; a unit that the host brought is restarted without our files. Everything
# is tried before what failed is told, so that no credential stays because of something else.
#
# Function given by the caller: cleanup.
removing=yes
. ./library.sh
. ./process.sh
. ./superseded.sh
: "${unit:?name of the unit, with its suffix}"
: "${ours?yes where the unit itself is ours}"
: "${known?paths that the program has written}"
: "${made?directories that it has made}"

main() {
  failed=''
  [ -z "$ours" ] || stop_unit "$unit" || failed="$unit does not stop; see: systemctl status $unit"
  cleanup || failed=${failed:-"the clean-up after $unit failed"}
  (own_known && remove_owned) || failed=${failed:-"not all of $unit could be removed"}
  [ -z "$ours" ] || systemctl daemon-reload
  systemctl reset-failed "$unit" 2> /dev/null
  if [ -z "$ours" ] && [ "$(systemctl is-active "$unit")" = active ]; then
    systemctl restart "$unit" || failed=${failed:-"cannot restart $unit"}
  fi
  [ -z "$failed" ] || fail "$failed"
  # The version that only this unit started.
  retire_superseded
  forget_state
}
main < /dev/null
