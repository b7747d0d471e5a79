# shellcheck shell=sh
# Members of an archive that is staged or fetched, put in place one by one by rename; prints the digest of each.
. ./library.sh
. ./artifact.sh
: "${directory:?that they are installed in}"
: "${members:?names in the archive}"
: "${archive:?path of the staged archive}"
: "${sha256:?of the archive}"
: "${source:?of the archive, for messages and fetching}"
: "${fetch?yes where the host fetches it}"
: "${fingerprint:?of what was asked for, to know it again}"
: "${dropped?paths that were installed before and are not any more}"
: "${known?paths that the program has installed before}"
: "${made?directories that it has made before}"

main() {
  own_known
  unpacked=$directory/.$name.unpacked
  trap 'rm -rf "$unpacked" "$archive"' EXIT
  make_directory "$directory" 0755 || fail "cannot create $directory"
  if [ -n "$fetch" ]; then fetch_artifact "$archive" "$sha256" "$source"; else check_artifact "$archive" "$sha256" "$source"; fi
  rm -rf "$unpacked"
  mkdir -m 0700 "$unpacked" && tar -xzf "$archive" -C "$unpacked" || fail "cannot unpack the archive"
  for member in $members; do
    { [ -f "$unpacked/$member" ] && ! [ -L "$unpacked/$member" ]; } || fail "the archive has no file $member"
  done
  for member in $members; do install_member "$unpacked/$member" "$directory/$member"; done
  for path in $dropped; do drop "$path" && settle_dropped "$path" || fail "cannot remove $path"; done
  give_up f "$archive"
  own f "$state/$name.archive"
  own f "$state/$name.sums"
  for member in $members; do report_digest "$directory/$member"; done > "$state/$name.sums"
  echo "$fingerprint" > "$state/$name.archive"
  cat "$state/$name.sums"
  report_directories
  sync "$directory" 2> /dev/null || sync
}

install_member() {
  keep_original "$2"
  chown root:root "$1" && chmod 0755 "$1" && mv -f "$1" "$(beside "$2" new)" && swap "$2" || fail "cannot put $2 in place"
  settle "$2"
}
main < /dev/null
