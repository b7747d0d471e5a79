# shellcheck shell=sh
# unit_state UNIT: active, activating, failed, ... in one word.
unit_state() {
  unit_state=$(systemctl is-active "$1" 2> /dev/null)
  echo "${unit_state:-unknown}"
}

# unit_property UNIT NAME: its value; times in UTC, since names of other zones mean several.
unit_property() { TZ=UTC systemctl show --property="$2" "$1" 2> /dev/null | sed -n "s/^$2=//p"; }

# now: hundredths of a second since boot; they do not jump when the clock is set.
now() {
  IFS=' .' read -r seconds hundredths _ < /proc/uptime
  echo $((seconds * 100 + 1$hundredths - 100))
}
