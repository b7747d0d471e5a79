# shellcheck shell=sh
# Says that a claim is gone, which the host was taken from: what there is belongs to its holder alone now.
. ./library.sh
: "${gone:?the claim that is gone}"

main() {
  holder
  # shellcheck disable=SC2086
  set -- $holder
  [ "${3-}" = "$gone" ] || return 0
  (umask 077 && printf '%s %s\n' "$1" "$2" > "$state/owner.new" && sed 1d "$state/owner" >> "$state/owner.new") \
    && mv -f "$state/owner.new" "$state/owner" || fail "cannot write $state/owner"
}
main < /dev/null
