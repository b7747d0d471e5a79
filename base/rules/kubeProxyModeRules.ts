import { isSince, kubernetesChanges } from "../kubernetesChanges";
import { defaultKubeProxyMode } from "../modes";
import { fieldsOf, valueAt, type Finding, type Path } from "./finding";

/** How Services are to work, and in which release. */
export interface ModeView {
  /** The release, one that is right. */
  kubernetesVersion: string;
  kubeProxyMode: unknown;
  kubeProxyConfiguration: unknown;
}

const { ipvsDeprecated, ipvsGated, ipvsOffByDefault, ipvsGone } = kubernetesChanges;

const since = `deprecated since Kubernetes 1.${ipvsDeprecated.since}, off by default from 1.${ipvsOffByDefault.since} and gone in 1.${ipvsGone.since}`;

/** What is to be known of a mode that works; undefined where there is nothing. */
export function kubeProxyModeWarning({
  kubernetesVersion,
  kubeProxyMode,
}: Omit<ModeView, "kubeProxyConfiguration">): string | undefined {
  return kubeProxyMode === "ipvs" && isSince(ipvsDeprecated, kubernetesVersion)
    ? `kubeProxyMode "ipvs" is ${since}; move on to "nftables", which is a change of this setting`
    : undefined;
}

/** A mode that the release has not, and fields of the configuration that the mode does not read. */
export function kubeProxyModeFindings(view: ModeView): Finding[] {
  const mode = view.kubeProxyMode ?? defaultKubeProxyMode;
  return mode === "ipvs" ? ipvsFindings(view) : mode === "nftables" ? unread(view) : [];
}

function ipvsFindings({ kubernetesVersion, kubeProxyConfiguration }: ModeView): Finding[] {
  const gate = valueAt(fieldsOf(kubeProxyConfiguration), ["featureGates", "KubeProxyIPVS"]);
  const gatePath = "kubeProxyConfiguration.featureGates.KubeProxyIPVS";
  const fault = isSince(ipvsGone, kubernetesVersion)
    ? `is gone from Kubernetes 1.${ipvsGone.since} on; write "nftables"`
    : isSince(ipvsOffByDefault, kubernetesVersion) && gate !== true
      ? `is off by default from Kubernetes 1.${ipvsOffByDefault.since} on; write "nftables", or set ${gatePath} to true`
      : isSince(ipvsGated, kubernetesVersion) && gate === false
        ? `is switched off by ${gatePath}; write "nftables", or remove the gate`
        : undefined;
  return fault === undefined ? [] : [{ path: ["kubeProxyMode"], fault }];
}

/** Fields of the other modes which say what nftables would not do, so that a change of the mode would lose it without a word. */
function unread({ kubeProxyConfiguration }: ModeView): Finding[] {
  const rows: [path: Path, fault: string][] = [
    [
      ["iptables", "localhostNodePorts"],
      'has no effect with kubeProxyMode "nftables", which answers no NodePort at 127.0.0.1; remove it, or set kubeProxyMode to "iptables"',
    ],
    [
      ["iptables", "masqueradeAll"],
      'has no effect with kubeProxyMode "nftables"; remove it, or write nftables.masqueradeAll',
    ],
  ];
  return rows
    .filter(([path]) => valueAt(fieldsOf(kubeProxyConfiguration), path) === true)
    .map(([path, fault]) => ({ path: ["kubeProxyConfiguration", ...path], fault }));
}
