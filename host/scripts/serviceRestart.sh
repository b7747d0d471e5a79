# shellcheck shell=sh
# Restarts a unit that runs.
. ./library.sh
: "${unit:?name of the unit, with its suffix}"

main() {
  [ "$(systemctl is-active "$unit")" != active ] || systemctl restart "$unit" || fail "cannot restart $unit"
}
main < /dev/null
