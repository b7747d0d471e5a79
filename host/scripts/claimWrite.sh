# shellcheck shell=sh
# Writes the owner record, if nobody has written it since it was read.
. ./library.sh
: "${before?the first line that was read; empty where there was no record}"
: "${record:?the new record, base64}"

main() {
  holder
  if [ "$holder" != "$before" ]; then
    echo "another claim has taken this host in between; is it in two stacks, or twice in one? Run the same command again" >&2
    exit 20
  fi
  [ -d "$state" ] || mkdir -m 0700 "$state" || fail "cannot create $state"
  (umask 077 && printf %s "$record" | base64 -d > "$state/owner.new") && sync "$state/owner.new" \
    && mv -f "$state/owner.new" "$state/owner" || fail "cannot write $state/owner"
}
main < /dev/null
