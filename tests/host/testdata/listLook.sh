# shellcheck shell=sh
# Finds a fault where the service has not read the list that is wanted.
: "${wanted:?}"
[ "$(cat /run/list 2>/dev/null)" = "$wanted" ] || echo "fault|it has read another list"
