# shellcheck shell=sh
. ../../base/scripts/units.sh
. ../../base/scripts/reason.sh
: "${unit:?name of the unit}"
: "${timeout:?seconds in which it has to become healthy}"
: "${hold:?seconds it has to stay so, as one process}"
: "${endings:?how often it may end itself after a good answer and come back}"

# Process and restarts so far, as one text.
incarnation() { systemctl show --property=MainPID --property=NRestarts "$unit" 2> /dev/null | sort | tr '\n' ' '; }
restarts() {
  restarts=$(unit_property "$unit" NRestarts)
  echo "${restarts:-0}"
}

# wait_until_healthy: runs `check` again and again, which sets `why` when it fails, and `answered` when at least the process
# answered. Healthy is what stays so: a process that answers once and ends is not. Gives up after the time, when the process
# ends after an answer, or when it has ended three times: systemd would go on, but a process does not learn by waiting.
wait_until_healthy() {
  good='' since=''
  before=$(restarts)
  deadline=$(($(now) + timeout * 100))
  while :; do
    why='its process changed' answered='' healthy=''
    asked=$(incarnation)
    check && healthy=yes answered=yes
    seen=$(incarnation)
    if [ -n "$good" ] && [ "$seen" != "$good" ]; then
      if [ "$endings" -eq 0 ]; then
        why="it ended after it had answered"
        break
      fi
      endings=$((endings - 1)) good='' since=''
    fi
    [ -z "$answered" ] || [ "$seen" != "$asked" ] || good=$seen
    if [ -n "$healthy" ] && [ "$seen" = "$good" ]; then
      since=${since:-$(now)}
      [ $(($(now) - since)) -lt $((hold * 100)) ] || exit 0
    else
      since=''
      if [ "$(restarts)" -ge $((before + 3)) ]; then
        why="$why, it ended three times"
        break
      fi
      if [ "$(now)" -ge "$deadline" ]; then
        why="$why (waited $timeout s)"
        break
      fi
    fi
    # Fractions are not in POSIX.
    sleep 0.3 2> /dev/null || sleep 1
  done
  printf '%s: is not healthy: %s; see journalctl -u %s\n' "$unit" "$why" "$unit" >&2
  reason "$unit" >&2
  exit 1
}
