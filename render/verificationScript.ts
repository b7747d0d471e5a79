import { cniNetworkName } from "./cniConflist";
import { kubeletHostFacts } from "./kubeletConfiguration";
import { kubeProxyEndpoints } from "./kubeProxyConfiguration";
import { paths } from "./paths";
import { asRootFunction, hasFunction, httpFunctions, prelude, unitStateFunction } from "./shellLibrary";
import { shellQuote } from "../base/shellQuote";
import type { CniMode, JsonObject, KubeProxyMode } from "./types";

export interface VerificationArgs {
  kubeProxyMode: KubeProxyMode;
  cniMode: CniMode;
  /** KubeletConfiguration overrides: they may move the port of /healthz. @default {} */
  kubeletConfiguration?: JsonObject;
  /** KubeProxyConfiguration overrides: they may move the port of /livez. @default {} */
  kubeProxyConfiguration?: JsonObject;
  /** The Node's ranges, if known: the pods' network must be of the same. @default not checked */
  podCIDRs?: readonly string[];
}

/**
 * Read-only checks of a worker node at the end, for the login user: the units run and start at boot, kubelet and kube-proxy
 * are healthy, the rules of the mode are in the kernel, the pods' network has the Node's range. Every failed check is printed
 * to stderr with where to look, and the exit code is 1; else one line, the same each time.
 */
export function verificationScript(args: VerificationArgs): string {
  const { healthz } = kubeletHostFacts(args.kubeletConfiguration);
  const proxy = kubeProxyEndpoints(args.kubeProxyConfiguration);
  const health = [
    ...(healthz === undefined ? [] : [`healthy kubelet ${shellQuote(healthz)} /healthz`]),
    `healthy kube-proxy ${shellQuote(proxy.healthz)} /livez`,
  ];
  return `${prelude}${hasFunction}${asRootFunction}${unitStateFunction}${httpFunctions}failures=0
failed() {
  echo "verification: $1; see $2" >&2
  failures=$((failures + 1))
}
running() {
  [ "$(unit_state "$1")" = active ] || failed "$1 is $(unit_state "$1"), must be active" "journalctl -u $1"
  systemctl is-enabled --quiet "$1" 2>/dev/null || failed "$1 does not start at boot" "systemctl status $1"
}
healthy() {
  ! can_http || http_get "$2" "$3" >/dev/null || failed "$1 does not answer 200 at http://$2$3" "journalctl -u $1"
}
running containerd
running kubelet
running kube-proxy
${health.join("\n")}
${rulesCheck[args.kubeProxyMode]}${args.cniMode === "bridge" ? networkCheck(args.podCIDRs ?? []) : ""}[ "$failures" -eq 0 ] || exit 1
echo "containerd, kubelet and kube-proxy (${args.kubeProxyMode}) are active and healthy"
`;
}

/** A few seconds, because kube-proxy writes its first rules only when it has heard of all Services. */
const rulesCheck: Record<KubeProxyMode, string> = {
  nftables: rulesLoop("nft list chain ip kube-proxy services || as_root nft list chain ip6 kube-proxy services"),
  iptables: rulesLoop("iptables -w -t nat -n -L KUBE-SERVICES || as_root ip6tables -w -t nat -n -L KUBE-SERVICES"),
  ipvs: rulesLoop("test -d /sys/class/net/kube-ipvs0 && as_root grep -q '^TCP' /proc/net/ip_vs"),
};

function rulesLoop(command: string): string {
  return `rules() { as_root ${command}; }
tries=0
until rules >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 15 ] || { failed "kube-proxy has no rules in the kernel" "journalctl -u kube-proxy"; break; }
  sleep 1
done
`;
}

function networkCheck(podCIDRs: readonly string[]): string {
  const ranges = podCIDRs.map(
    (range) => `grep -qF ${shellQuote(`"${range}"`)} ${paths.cniConflist} ||
  failed ${shellQuote(`the pods' network is not of the Node's range ${range}`)} "${paths.cniConflist}; remove it and restart the kubelet, containerd writes it anew"
`,
  );
  return `if ! grep -qs ${shellQuote(`"name": "${cniNetworkName}"`)} ${paths.cniConflist}; then
  failed "${paths.cniConflist} was not written from ${paths.cniTemplate}" "journalctl -u containerd"
${ranges.length === 0 ? "" : "else\n" + ranges.map((range) => `  ${range}`).join("")}fi
`;
}
