# shellcheck shell=sh
# A pod for a moment, of no image and no process: a network namespace that the network's own plugin plugs in, so that it has an address
# that no pod has, and its packets go the way of a pod's. Needs paths.sh, namespaces.sh. Sets probe_addresses, of each family one a
# line, and probe_gateway, this host's on the bridge; probe_problem where there is none.
probe_addresses='' probe_gateway='' probe_problem=''

# probe_plugin: the network's first one, which makes the interface. The conflist is ours, as JSON.stringify indents it.
probe_plugin() { sed -n 's/^      "type": *"\([a-z0-9-]*\)".*/\1/p' "$cni_conflist" | sed 1q; }

# probe_configuration: what that plugin is told: the network's version and name, and its own part.
probe_configuration() {
  awk '
    BEGIN { print "{" }
    /^    [}]/ { exit }
    within || /^  "(cniVersion|name)": / { print }
    /^    [{]/ { within = 1 }
    END { print "}" }' "$cni_conflist"
}

# probe_call COMMAND: ADD or DEL, as a container runtime calls a plugin.
probe_call() {
  probe_configuration | CNI_COMMAND=$1 CNI_CONTAINERID=${probe_namespace##*/} CNI_NETNS=$probe_namespace CNI_IFNAME=eth0 \
    CNI_PATH=$cni_bin_directory timeout 20 "$cni_bin_directory/$(probe_plugin)" 2>&1
}

# plug_probe: also where one that was killed has left its own.
plug_probe() {
  unplug_probe
  mkdir -p "${probe_namespace%/*}"
  probe_problem=$(: > "$probe_namespace" && unshare "--net=$probe_namespace" true 2>&1) || return 1
  if ! result=$(probe_call ADD); then
    probe_problem=$(printf '%s\n' "$result" | sed -n 's/.*"msg": *"\(.*\)".*/\1/p')
    probe_problem=${probe_problem:-$result}
    return 1
  fi
  probe_problem=''
  probe_addresses=$(printf '%s\n' "$result" | sed -n 's|.*"address": *"\([0-9a-fA-F:.]*\)/.*|\1|p')
  probe_gateway=$(printf '%s\n' "$result" | sed -n 's|.*"gateway": *"\([0-9a-fA-F:.]*\)".*|\1|p' | sed 1q)
}

unplug_probe() {
  probe_addresses=''
  [ -e "$probe_namespace" ] || return 0
  probe_call DEL > /dev/null
  remove_namespace "$probe_namespace" 2> /dev/null
}
