# shellcheck shell=sh
# Removes what a resource owns, by its list and by what the program knows.
removing=yes
. ./library.sh
: "${known?paths that the program has written}"
: "${made?directories that it has made}"

main() {
  own_known
  remove_owned
  rm -rf "$state/$name.staged" "$state/$name.superseded" "$state/$name.superseded.new"
  forget_state
}
main < /dev/null
