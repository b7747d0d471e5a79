# shellcheck shell=sh
# Takes away what flanneld has left of the backend vxlan; fails where something stays. Of host-gw nothing is left: vxlan replaces each
# route as soon as the other node has changed too, and until then that node is reached by it.
. ../../base/scripts/prelude.sh
: "${backend:?vxlan or host-gw}"
. ./paths.sh
. ./flannelLinks.sh

[ "$backend" = host-gw ] || exit 0
remove_flannel_links
[ -z "$(flannel_links)" ]
