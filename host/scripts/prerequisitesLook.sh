# shellcheck shell=sh
# What is there of what a host needs; reads only.
. ./library.sh
. ./kernel.sh
: "${commands?that have to be there}"
: "${modules?for each MODULE PATH OPTION, - for none}"
: "${sysctls?names}"
: "${files?for each file PATH SHA256}"

# shellcheck disable=SC2086
main() {
  set -- $files
  while [ $# -gt 0 ]; do
    report_file "$1" "$2"
    shift 2
  done
  for command in $commands; do has "$command" || printf 'missing-command|%s\n' "$command"; done
  set -- $modules
  while [ $# -gt 0 ]; do
    module_present "$1" "$2" "$3" || printf 'missing-module|%s\n' "$1"
    shift 3
  done
  for parameter in $sysctls; do printf 'sysctl|%s|%s\n' "$parameter" "$(parameter "$parameter")"; done
  [ -f "$owned" ] || echo "fault|$owned, the list of what is ours, is gone"
}
main < /dev/null
