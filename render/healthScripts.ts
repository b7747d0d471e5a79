import { kubeletHostFacts } from "./kubeletConfiguration";
import { kubeProxyEndpoints } from "./kubeProxyConfiguration";
import { paths } from "./paths";
import { hasFunction, httpFunctions, prelude, unitStateFunction } from "./shellLibrary";
import { shellQuote } from "../base/shellQuote";
import type { CniMode, JsonObject, KubeProxyMode } from "./types";

export interface ContainerdHealthArgs {
  cniMode: CniMode;
  /** How long to wait, seconds. @default 30 */
  timeoutSeconds?: number;
}

/** Waits until containerd answers, its CRI plugins are in order and our drop-in is part of its configuration. */
export function containerdHealthScript(args: ContainerdHealthArgs): string {
  const ours = args.cniMode === "bridge" ? `conf_template.*${paths.cniTemplate}` : "SystemdCgroup = true";
  const check = `check() {
  why=$(unit_state containerd)
  [ "$why" = active ] || { why="the unit is $why"; return 1; }
  answer=$(timeout 10 ctr --address ${paths.containerdSocket} version 2>&1) ||
    { why="ctr version says: $(echo "$answer" | tail -n 1)"; return 1; }
  bad=$(timeout 10 ctr --address ${paths.containerdSocket} plugins ls 2>/dev/null |
    awk '($1 == "io.containerd.cri.v1" || ($1 == "io.containerd.grpc.v1" && $2 == "cri")) && $NF != "ok" { print $2 " is " $NF }')
  [ -z "$bad" ] || { why="its plugin $bad"; return 1; }
  containerd config dump 2>/dev/null | grep -q ${shellQuote(ours)} ||
    { why="${paths.containerdDropIn} is not part of its configuration, add imports = [\\"${paths.containerdDropIns}/*.toml\\"] to ${paths.containerdConfig}"; return 1; }
}`;
  return waitingScript({ unit: "containerd", check, timeoutSeconds: args.timeoutSeconds ?? 30 });
}

export interface KubeletHealthArgs {
  /** KubeletConfiguration overrides: they may move the port of /healthz. @default {} */
  overrides?: JsonObject;
  /** How long to wait, seconds. @default 60 */
  timeoutSeconds?: number;
}

/** Waits until the kubelet's /healthz is ok. It is so before the kubelet has met an API server. */
export function kubeletHealthScript(args: KubeletHealthArgs): string {
  const { healthz } = kubeletHostFacts(args.overrides);
  const probe = healthz === undefined ? "" : probeLine(healthz, "/healthz");
  const check = `check() {\n${activeLine("kubelet")}${probe}}`;
  return waitingScript({ unit: "kubelet", check, timeoutSeconds: args.timeoutSeconds ?? 60, http: true });
}

export interface KubeProxyHealthArgs {
  mode: KubeProxyMode;
  /** KubeProxyConfiguration overrides: they may move the ports asked. @default {} */
  overrides?: JsonObject;
  /** How long to wait, seconds. @default 60 */
  timeoutSeconds?: number;
}

/**
 * Waits until kube-proxy is healthy and runs in the mode asked for. /livez and not /healthz: the latter also fails for a
 * node that is about to be deleted, which says nothing about kube-proxy.
 */
export function kubeProxyHealthScript(args: KubeProxyHealthArgs): string {
  const { healthz, metrics } = kubeProxyEndpoints(args.overrides);
  const why = shellQuote(`http://${metrics}/proxyMode is not ${args.mode}`);
  const mode = `  ! can_http || [ "$(http_get ${shellQuote(metrics)} /proxyMode)" = ${args.mode} ] ||
    { why=${why}; return 1; }
`;
  const check = `check() {\n${activeLine("kube-proxy")}${probeLine(healthz, "/livez")}${mode}}`;
  return waitingScript({ unit: "kube-proxy", check, timeoutSeconds: args.timeoutSeconds ?? 60, http: true });
}

function activeLine(unit: string): string {
  return `  why=$(unit_state ${unit})
  [ "$why" = active ] || { why="the unit is $why"; return 1; }
`;
}

function probeLine(endpoint: string, path: string): string {
  // Quoted as a whole: the endpoint is the user's text.
  const why = shellQuote(`http://${endpoint}${path} does not answer 200`);
  return `  ! can_http || http_get ${shellQuote(endpoint)} ${path} >/dev/null ||
    { why=${why}; return 1; }
`;
}

const heldCheck = `if ! check; then
    held=0
  elif can_http || [ "\${held:-0}" -eq 1 ]; then
    exit 0
  else
    held=1
  fi`;

interface Wait {
  unit: string;
  /** Shell function `check`; sets `why` when it fails. */
  check: string;
  timeoutSeconds: number;
  /** Whether the check asks over HTTP. @default false */
  http?: boolean;
}

/**
 * Runs `check` again and again until it holds. Gives up after the time, or as soon as the unit has ended three times since the
 * start: systemd would go on restarting it, but a process that cannot start does not learn by waiting.
 */
function waitingScript({ unit, check, timeoutSeconds, http }: Wait): string {
  const seconds = Math.round(timeoutSeconds);
  // Without a tool to ask it, twice in a row: a process that is about to end is active for a moment too.
  const attempt = http === true ? heldCheck : "check && exit 0";
  return `${prelude}${hasFunction}${unitStateFunction}${http === true ? httpFunctions : ""}${check}
restarts() {
  count=$(systemctl show --property=NRestarts ${unit} 2>/dev/null)
  count=\${count#NRestarts=}
  echo "\${count:-0}"
}
# Seconds since boot: they do not jump when the clock is set.
now() { cut -d. -f1 /proc/uptime; }
before=$(restarts)
end=$(($(now) + ${seconds}))
while :; do
  ${attempt}
  if [ "$(restarts)" -ge $((before + 3)) ]; then
    why="$why, it ended three times"
    break
  fi
  [ "$(now)" -lt "$end" ] || { why="$why (waited ${seconds} s)"; break; }
  # Fractions are not in POSIX.
  sleep 0.3 2>/dev/null || sleep 1
done
echo "${unit}: is not healthy: $why; see journalctl -u ${unit}" >&2
exit 1
`;
}
