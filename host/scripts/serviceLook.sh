# shellcheck shell=sh
# A service as it is on the host; reads only. Function given by the caller: look (prints `fault|...`, `foreign|...`).
. ./library.sh
. ./programDigests.sh
: "${unit:?name of the unit, with its suffix}"
: "${files?for each file PATH and the FORM it is told in, text or digest}"
: "${programs?paths of the binaries that it starts}"

main() {
  report_files "$files"
  for path in $programs; do
    [ -f "$path" ] || continue
    program_digest "$path"
    printf 'digest|%s|%s|%s\n' "$path" "$digest" "$(stat -c '%a|%U:%G' "$path")"
  done
  printf 'state|%s|%s\n' "$(systemctl is-active "$unit" 2> /dev/null)" "$(systemctl is-enabled "$unit" 2> /dev/null)"
  report_list
  owned_paths d
  for path in $owned_paths; do
    [ "$(stat -c '%F %a %U:%G' "$path" 2> /dev/null)" = 'directory 755 root:root' ] \
      || echo "fault|$path is not the directory with mode 0755 of root that was made there"
  done
  look
}
main < /dev/null
