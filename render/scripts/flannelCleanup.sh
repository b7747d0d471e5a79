# shellcheck shell=sh
# Takes away what flanneld has made: interfaces, routes, and what it wrote for its plugin. To run after the unit stopped. The bridge of
# the pods is that of cniMode bridge, and goes with the pods' network.
. ../../base/scripts/prelude.sh
. ./paths.sh
. ./flannelLinks.sh

if has ip; then
  remove_flannel_routes
  remove_flannel_links
fi
rm -f "$flannel_subnets"
rmdir "$(dirname "$flannel_subnets")" 2> /dev/null
exit 0
