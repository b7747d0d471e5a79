# shellcheck shell=sh
# What is asked of a running service instead of being remembered: which process it is, and since when.
. ../../base/scripts/units.sh

# process UNIT: sets `process`: boot, PID and start of its main process, three words that no other process has; fails where none runs.
process() {
  process=''
  unit_property "$1" MainPID
  [ "${unit_property:-0}" -gt 0 ] && { read -r line < "/proc/$unit_property/stat"; } 2> /dev/null || return 1
  # proc(5): after the name in parentheses, which may hold blanks, the start is the 20th field.
  # shellcheck disable=SC2086
  set -- ${line##*) }
  shift 19
  read -r boot < /proc/sys/kernel/random/boot_id
  process="$boot $unit_property $1"
}

# started_at UNIT: sets `started_at`: when its main process started, milliseconds since 1970 by this host's clock; empty where none runs.
started_at() {
  started_at=''
  process "$1" || return 0
  # Both clocks at once; the kernel counts the start in hundredths of a second since boot.
  now
  clock=$(date +%s%N)
  started_at=$((clock / 1000000 - (now - ${process##* }) * 10))
}

# older_than SECONDS PATH: whether the file was last changed before; in the same second counts as not.
older_than() { [ "$(stat -c %Z "$2" 2> /dev/null || echo 9999999999)" -lt "$1" ]; }

# stop_unit UNIT: stops it, also where it cannot be disabled since its file is gone; fails where it goes on. The caller reloads.
stop_unit() {
  systemctl stop "$1" 2> /dev/null
  systemctl disable --quiet --no-reload "$1" 2> /dev/null
  case $(systemctl is-active "$1" 2> /dev/null) in
    active | activating | deactivating | reloading) return 1 ;;
  esac
}
