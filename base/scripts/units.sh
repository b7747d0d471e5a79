# shellcheck shell=sh
# What systemd says of a unit. Each function leaves its answer in a variable of its own name.

# unit_state UNIT: active, activating, failed, ... in one word.
unit_state() {
  unit_state=$(systemctl is-active "$1" 2> /dev/null)
  unit_state=${unit_state:-unknown}
}

# unit_property UNIT NAME: its value; times in UTC, since names of other zones mean several.
unit_property() { property_of "$2" "$(TZ=UTC systemctl show --property="$2" "$1" 2> /dev/null)"; }
# property_of NAME LINES: of what systemctl show prints.
property_of() {
  unit_property=''
  case "
$2" in
    *"
$1="*)
      unit_property="
$2"
      unit_property=${unit_property#*"
$1="}
      unit_property=${unit_property%%"
"*}
      ;;
  esac
}

# started UNIT: when its main process started, seconds since 1970; fails where that is not told.
started() {
  unit_property "$1" ExecMainStartTimestamp
  started=$(date -d "${unit_property:-unknown}" +%s 2> /dev/null)
}

# now: hundredths of a second since boot; they do not jump when the clock is set.
now() {
  IFS=' .' read -r seconds hundredths _ < /proc/uptime
  now=$((seconds * 100 + 1$hundredths - 100))
}
