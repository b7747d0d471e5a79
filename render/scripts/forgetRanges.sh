# shellcheck shell=sh
# Takes away the conflist that containerd has rendered for a Node that is gone: the one that comes has other ranges, and containerd
# renders them only while no configuration is there, when the kubelet that starts tells them. flanneld, which starts with the kubelet,
# writes for its plugin which ones it has then.
. ../../base/scripts/prelude.sh
. ./paths.sh
. ./conflist.sh

conflist_is_ours || exit 0
! conflist_has_flannel || rm -f "$flannel_subnets"
rm -f "$cni_conflist"
