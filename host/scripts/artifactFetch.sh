# shellcheck shell=sh
# One artifact that the host fetches itself, going on where an attempt before was cut off; tells of its bytes as they come.
unlocked=yes
. ./library.sh
. ./artifact.sh
: "${sha256:?of the artifact}"
: "${source:?its URL}"
: "${attempt:?a name that no other attempt has}"

# download FILE: behind what is there of it; gives up where nothing comes for a minute.
download() {
  if has curl; then
    curl -fsSL -C - --retry 3 --connect-timeout 15 --speed-limit 1 --speed-time 60 -o "$1" "$source"
  elif has wget; then
    wget -q -c -T 60 -O "$1" "$source"
  else
    fail "neither curl nor wget is installed to fetch $source; install one or give a local file as source"
  fi
}
# Who waits for the script hears of the bytes, and so knows that it goes on.
watched_download() {
  (while sleep 5 > /dev/null 2>&1 && kill -0 $$; do echo "bytes|$(size "$1")"; done) 2> /dev/null &
  teller=$!
  trap 'kill "$teller" 2> /dev/null' EXIT
  download "$1"
  status=$?
  kill "$teller"
  return "$status"
}

main() {
  umask 077
  open_stage
  new=$(staged_file "$sha256").part.$attempt
  take_part "$sha256" all "$new"
  before=$(size "$new")
  # A server may not know how to go on, and what is there may be of another file, or whole already.
  watched_download "$new" || is_whole || begin_again || fail "cannot fetch $source"
  [ "$before" = 0 ] || is_whole || begin_again || fail "cannot fetch $source"
  finish_artifact "$new" "$sha256" "$source"
}
is_whole() { large_digest "$new" && [ "$digest" = "$sha256" ]; }
begin_again() {
  [ "$before" != 0 ] || return 1
  before=0
  : > "$new"
  watched_download "$new"
}
main < /dev/null
