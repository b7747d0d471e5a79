# shellcheck shell=sh
# What is there of what a host needs; reads only.
. ./library.sh
. ./kernel.sh
: "${commands?that have to be there}"
: "${modules?for each MODULE PATH OPTION, - for none}"
: "${sysctls?names}"
: "${files?for each file PATH and the FORM it is told in, text or digest}"

# shellcheck disable=SC2086
main() {
  report_files "$files"
  for command in $commands; do has "$command" || printf 'missing-command|%s\n' "$command"; done
  set -- $modules
  while [ $# -gt 0 ]; do
    module_present "$1" "$2" "$3" || printf 'missing-module|%s\n' "$1"
    shift 3
  done
  for parameter in $sysctls; do printf 'sysctl|%s|%s\n' "$parameter" "$(parameter "$parameter")"; done
  report_list
}
main < /dev/null
