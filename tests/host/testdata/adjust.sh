# shellcheck shell=sh
# Brings a file that the service wrote itself to the value wanted.
: "${wanted:?}"
[ -e /etc/app/own.conf ] || exit 0
[ "$(cat /etc/app/own.conf)" != "$wanted" ] || exit 0
echo "$wanted" >/etc/app/own.new && mv /etc/app/own.new /etc/app/own.conf
echo 'changed|/etc/app/own.conf'
