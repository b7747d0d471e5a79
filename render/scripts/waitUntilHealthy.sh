# shellcheck shell=sh
. ../../base/scripts/units.sh
. ../../base/scripts/reason.sh
: "${unit:?name of the unit}"
: "${timeout:?seconds in which it has to become healthy}"
: "${hold:?seconds it has to stay so, as one process}"
: "${endings:?how often it may end itself after a good answer and come back}"

# ask: sets `state`, `restarts` so far, and `incarnation`: with the process, as one text.
ask() {
  told=$(systemctl show --property=ActiveState --property=MainPID --property=NRestarts "$unit" 2> /dev/null)
  property_of ActiveState "$told"
  state=${unit_property:-unknown}
  property_of NRestarts "$told"
  restarts=${unit_property:-0}
  property_of MainPID "$told"
  incarnation="$unit_property $restarts"
}

# wait_until_healthy: runs `check` of a unit that is active again and again, which sets `why` when it fails, and `answered` when at
# least the process answered. Healthy is what stays so: a process that answers once and ends is not. Gives up after the time, when
# the process ends after an answer, or when it has ended three times: systemd would go on, but a process does not learn by waiting.
wait_until_healthy() {
  good='' since='' before=''
  now
  deadline=$((now + timeout * 100))
  while :; do
    why='its process changed' answered='' healthy=''
    ask
    asked=$incarnation before=${before:-$restarts}
    if [ "$state" != active ]; then why="the unit is $state"; elif check; then healthy=yes answered=yes; fi
    ask
    now
    [ "$state" = active ] || healthy=''
    if [ -n "$good" ] && [ "$incarnation" != "$good" ]; then
      if [ "$endings" -eq 0 ]; then
        why="it ended after it had answered"
        break
      fi
      endings=$((endings - 1)) good='' since=''
    fi
    [ -z "$answered" ] || [ "$incarnation" != "$asked" ] || good=$incarnation
    if [ -n "$healthy" ] && [ "$incarnation" = "$good" ]; then
      since=${since:-$now}
      [ $((now - since)) -lt $((hold * 100)) ] || exit 0
    else
      since=''
      if [ "$restarts" -ge $((before + 3)) ]; then
        why="$why, it ended three times"
        break
      fi
      if [ "$now" -ge "$deadline" ]; then
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
