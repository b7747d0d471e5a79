# shellcheck shell=sh
# Runs a clean-up alone. Function given by the caller: cleanup.
. ./library.sh

main() { cleanup || fail "the clean-up failed"; }
main < /dev/null
