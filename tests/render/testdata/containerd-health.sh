set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
has() { command -v "$1" >/dev/null 2>&1; }
unit_state() {
  state=$(systemctl is-active "$1" 2>/dev/null)
  echo "${state:-unknown}"
}
check() {
  why=$(unit_state containerd)
  [ "$why" = active ] || { why="the unit is $why"; return 1; }
  answer=$(timeout 10 ctr --address /run/containerd/containerd.sock version 2>&1) ||
    { why="ctr version says: $(echo "$answer" | tail -n 1)"; return 1; }
  bad=$(timeout 10 ctr --address /run/containerd/containerd.sock plugins ls 2>/dev/null |
    awk '($1 == "io.containerd.cri.v1" || ($1 == "io.containerd.grpc.v1" && $2 == "cri")) && $NF != "ok" { print $2 " is " $NF }')
  [ -z "$bad" ] || { why="its plugin $bad"; return 1; }
  containerd config dump 2>/dev/null | grep -q 'conf_template.*/etc/containerd/cni-template.conflist' ||
    { why="/etc/containerd/conf.d/kubernetes-worker-nodes.toml is not part of its configuration, add imports = [\"/etc/containerd/conf.d/*.toml\"] to /etc/containerd/config.toml"; return 1; }
}
restarts() {
  count=$(systemctl show --property=NRestarts containerd 2>/dev/null)
  count=${count#NRestarts=}
  echo "${count:-0}"
}
# Seconds since boot: they do not jump when the clock is set.
now() { cut -d. -f1 /proc/uptime; }
before=$(restarts)
end=$(($(now) + 30))
while :; do
  check && exit 0
  if [ "$(restarts)" -ge $((before + 3)) ]; then
    why="$why, it ended three times"
    break
  fi
  [ "$(now)" -lt "$end" ] || { why="$why (waited 30 s)"; break; }
  # Fractions are not in POSIX.
  sleep 0.3 2>/dev/null || sleep 1
done
echo "containerd: is not healthy: $why; see journalctl -u containerd" >&2
exit 1
