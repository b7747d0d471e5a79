# shellcheck shell=sh
# Takes kube-proxy's rules out of the kernel, of whatever mode, and of no one else. To run after the unit stopped. kube-proxy's own
# --cleanup would also take every virtual server of others (ipvsadm --clear).
. ../../base/scripts/prelude.sh
. ./chains.sh
. ./kubeProxyLeftovers.sh

remove_other_leftovers none
exit 0
