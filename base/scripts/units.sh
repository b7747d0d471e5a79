# shellcheck shell=sh
# What systemd says of a unit.

# unit_state UNIT: active, activating, failed, ... in one word.
unit_state() {
  unit_state=$(systemctl is-active "$1" 2> /dev/null)
  echo "${unit_state:-unknown}"
}

# unit_property UNIT NAME: its value; times in UTC, since names of other zones mean several.
unit_property() { TZ=UTC systemctl show --property="$2" "$1" 2> /dev/null | sed -n "s/^$2=//p"; }

# started UNIT: when its main process started, seconds since 1970; fails where that is not told.
started() {
  started=$(unit_property "$1" ExecMainStartTimestamp)
  date -d "${started:-unknown}" +%s 2> /dev/null
}

# now: hundredths of a second since boot; they do not jump when the clock is set.
now() {
  IFS=' .' read -r seconds hundredths _ < /proc/uptime
  echo $((seconds * 100 + 1$hundredths - 100))
}
