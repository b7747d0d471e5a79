# shellcheck shell=sh
# Functions that bring an artifact to PATH with digest SHA256; nothing is left behind when it is not the right one.

# check_artifact PATH SHA256 SOURCE
check_artifact() {
  seen=$(digest "$1")
  [ "$seen" = "$2" ] && return 0
  rm -f "$1"
  fail "$3: SHA-256 is ${seen:-not to be read}, expected $2; nothing was installed"
}

# fetch_artifact PATH SHA256 SOURCE
fetch_artifact() {
  if has curl; then
    curl -fsSL --retry 3 --connect-timeout 15 -o "$1" "$3"
  elif has wget; then
    wget -q -T 60 -O "$1" "$3"
  else
    fail "neither curl nor wget is installed to fetch $3; install one or give a local file as source"
  fi || {
    rm -f "$1"
    fail "cannot fetch $3"
  }
  check_artifact "$1" "$2" "$3"
}
