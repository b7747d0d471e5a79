# shellcheck shell=sh
# The service works where the unit that runs has not read a file that says it is sick.
if grep -qs sick /run/read /run/list; then
  echo "app: is not healthy: it read sick" >&2
  exit 1
fi
