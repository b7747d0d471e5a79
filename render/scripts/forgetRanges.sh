# shellcheck shell=sh
# Takes away the conflist that containerd has rendered for a Node that is gone: the one that comes has other ranges, and containerd
# renders them only while no configuration is there, when the kubelet that starts tells them.
. ../../base/scripts/prelude.sh
. ./paths.sh
. ./conflist.sh

! conflist_is_ours || rm -f "$cni_conflist"
