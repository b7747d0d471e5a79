# shellcheck shell=sh
# Who the host is and whose it is; reads only. Function given by the caller: preflight, which refuses a host that cannot become what
# it is to be; it is told `claimed` and `adopt`.
. ./library.sh
: "${adopt?yes where a host of others may be taken over}"
: "${inspect?yes where preflight is wanted}"
: "${ours?machine-id of a machine that is ours although its record may be lost}"

main() {
  this_machine
  [ -n "$this_machine" ] || fail "the host has no /etc/machine-id; make one: systemd-machine-id-setup"
  printf 'machine|%s\n' "$this_machine"
  claimed=''
  [ "$this_machine" != "$ours" ] || claimed=yes
  if [ -e "$state/owner" ]; then
    claimed=yes
    printf 'owner|%s\n' "$(base64 -w 0 < "$state/owner")"
  fi
  [ -z "$inspect" ] || preflight
}
main < /dev/null
