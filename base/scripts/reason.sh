# shellcheck shell=sh
# reason UNIT: why it does not work, in at most 5 lines of its journal.
reason() {
  log=$(journalctl -u "$1" -n 200 --no-pager -o cat 2> /dev/null)
  lines=$(printf '%s\n' "$log" | grep -E '^[EF][0-9]{4}|^panic|[Ff]atal|err=|[Ff]ailed to|^Error' | tail -n 5)
  printf '%s\n' "${lines:-$(printf '%s\n' "$log" | tail -n 5)}" | cut -c1-400
}
