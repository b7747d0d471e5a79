# shellcheck shell=sh
# Who the host is and whose it is; reads only. Function given by the caller: preflight, which refuses a host that cannot become what
# it is to be; it is told `claimed` and `adopt`.
. ./library.sh
: "${adopt?yes where a host of others may be taken over}"
: "${inspect?yes where preflight is wanted}"

main() {
  machine=$(this_machine)
  [ -n "$machine" ] || fail "the host has no /etc/machine-id; make one: systemd-machine-id-setup"
  printf 'machine|%s\n' "$machine"
  claimed=''
  if [ -e "$state/owner" ]; then
    claimed=yes
    printf 'owner|%s\n' "$(base64 < "$state/owner" | tr -d '\n')"
  fi
  [ -z "$inspect" ] || preflight
}
main < /dev/null
