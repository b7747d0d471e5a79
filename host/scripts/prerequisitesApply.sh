# shellcheck shell=sh
# What a host needs before a service of ours can run; each thing is done only where it is not so already, and all that is wrong with
# the kernel is named.
. ./library.sh
. ./packages.sh
. ./kernel.sh
: "${packages?for each command COMMAND APT DNF ZYPPER UNIT, - for no unit}"
: "${modules?for each MODULE PATH OPTION, - for none}"
: "${sysctls?a line each, NAME=VALUE}"
: "${files?for each file PATH MODE OWNER CHANGE SHA256 BASE64}"
: "${dropped?paths that were managed before and are not any more}"
: "${known?paths that the program has written before}"
: "${made?directories that it has made before}"

# shellcheck disable=SC2086
main() {
  own_known
  set -- $packages
  while [ $# -gt 0 ]; do
    need "$1" "$2" "$3" "$4" "$5"
    shift 5
  done
  install_packages
  write_files
  failed=0
  set -- $modules
  while [ $# -gt 0 ]; do
    load_module "$1" "$2" "$3"
    shift 3
  done
  IFS='
'
  for line in $sysctls; do set_parameter "${line%%=*}" "${line#*=}"; done
  unset IFS
  [ "$failed" = 0 ] || exit 1
  hold_list
  report_directories
}

write_files() {
  stage_files "$files"
  left_over "$(printf '%s\n' "$files" | cut -d' ' -f1 | tr '\n' ' ')"
  dropped="$dropped$left_over"
  for path in $staged; do swap "$path" && settle "$path" || fail "cannot put $path in place"; done
  for path in $dropped; do drop "$path" && settle_dropped "$path" || fail "cannot remove $path"; done
}
main < /dev/null
