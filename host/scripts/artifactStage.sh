# shellcheck shell=sh
# One binary beside its place, as the file that a change swaps in. `prepare` makes the place ready for an upload, `check` looks at
# what was uploaded, `fetch` lets the host fetch it.
. ./library.sh
. ./artifact.sh
: "${step:?prepare, check or fetch}"
: "${path:?of the binary}"
: "${sha256:?of the binary}"
: "${source:?for messages and fetching}"

main() {
  new=$(beside "$path" new)
  make_directory "$(dirname "$path")" 0755 || fail "cannot create the directory of $path"
  # Noted before it is there, so that a removal after a run that was cut off finds it.
  keep_original "$path"
  case $step in
    prepare) rm -f "$new" ;;
    check) check_artifact "$new" "$sha256" "$source" ;;
    fetch) fetch_artifact "$new" "$sha256" "$source" ;;
  esac
  [ "$step" = prepare ] || { chown root:root "$new" && chmod 0755 "$new" && sync "$new"; } || fail "cannot finish $new"
}
main < /dev/null
