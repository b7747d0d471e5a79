# shellcheck shell=sh
# Waits until containerd answers, its CRI plugins are in order, our drop-in is part of its configuration, and it stays so. Before
# that, a changed template reaches the network of a node that has one already.
. ../../base/scripts/prelude.sh
: "${bridge?yes if the pods network is ours}"
: "${timeout:?seconds in which it has to become healthy}"
: "${hold:?seconds it has to stay so}"
unit=containerd endings=0
. ./paths.sh
. ./conflist.sh
. ./waitUntilHealthy.sh

ours='SystemdCgroup = true'
[ -z "$bridge" ] || ours="conf_template.*$cni_template"

check() {
  answer=$(timeout 10 ctr --address "$containerd_socket" version 2>&1) || {
    why="ctr version says: $(printf '%s\n' "$answer" | tail -n 1)"
    return 1
  }
  answered=yes
  bad=$(timeout 10 ctr --address "$containerd_socket" plugins ls 2> /dev/null \
    | awk '($1 == "io.containerd.cri.v1" || ($1 == "io.containerd.grpc.v1" && $2 == "cri")) && $NF != "ok" { print $2 " is " $NF }')
  if [ -n "$bad" ]; then
    why="its plugin $bad"
    return 1
  fi
  containerd config dump 2> /dev/null | grep -q "$ours" && return 0
  why="$containerd_drop_in is not part of its configuration, add imports = [\"$containerd_drop_ins/*.toml\"] to $containerd_config"
  return 1
}
[ -z "$bridge" ] || refresh_conflist || exit 1
wait_until_healthy
