# shellcheck shell=sh
# Looks for drift of containerd and the pods' network: what is ours and wrong, and what is not ours; reads only. See look.sh for what
# it prints.
. ../../base/scripts/prelude.sh
: "${bridge?yes if the pods network is ours}"
: "${cni_plugins?our CNI plugins, one a line}"
. ./paths.sh
. ./conflist.sh
. ./containerdImports.sh
. ./look.sh

# The conflist has its ranges from containerd and the rest from the template, so that it can be made again and compared.
look_at_conflist() {
  [ -e "$cni_template" ] && [ -e "$cni_conflist" ] || return 0
  if ! conflist_is_ours; then
    foreign "$cni_conflist is of another network, so that the pods of this node are in that one; remove it and restart the kubelet"
  elif ! expected_conflist | cmp -s - "$cni_conflist"; then
    fault "$cni_conflist is not what $cni_template makes"
  fi
}

# As a package manager's downgrade leaves it; a change of ours would not hold.
look_at_version() {
  if ! has containerd; then
    foreign "containerd is missing; install containerd 2.0 or newer"
  elif version=$(containerd_version) && is_old "$version"; then
    foreign "containerd is version ${version:-unknown}, must be 2.0 or newer; upgrade it"
  fi
}

look_at_version
look_at_unit containerd.service
imports_drop_ins \
  || foreign "$containerd_config does not import $containerd_drop_ins/*.toml; add imports = [\"$containerd_drop_ins/*.toml\"]"
look_at_directory "$containerd_drop_ins" "${containerd_drop_in##*/}"
if [ -n "$bridge" ]; then
  look_at_conflist
  look_at_directory "$cni_conf_directory" "${cni_conflist##*/}"
  look_at_directory "$cni_bin_directory" "$cni_plugins"
fi
exit 0
