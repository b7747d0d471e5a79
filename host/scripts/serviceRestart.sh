# shellcheck shell=sh
# Restarts a unit that runs. Function given by the caller: before (runs when that is so).
. ./library.sh
: "${unit:?name of the unit, with its suffix}"

main() {
  [ "$(systemctl is-active "$unit")" = active ] || return 0
  before && systemctl restart "$unit" || fail "cannot restart $unit"
}
main < /dev/null
