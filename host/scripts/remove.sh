# shellcheck shell=sh
# Removes what a resource owns, by its list and by what the program knows.
removing=yes
. ./library.sh
: "${known?paths that the program has written}"

main() {
  # shellcheck disable=SC2086
  remove_owned $known
  forget_state
}
main < /dev/null
