# shellcheck shell=sh
# Makes the place ready that an archive is uploaded to.
. ./library.sh
: "${directory:?that the binaries are installed in}"
: "${archive:?path of the archive}"

main() {
  make_directory "$directory" 0755 || fail "cannot create $directory"
  # Noted before it is there, so that a removal after a run that was cut off finds it.
  own f "$archive"
  rm -f "$archive"
}
main < /dev/null
