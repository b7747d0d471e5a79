import { minor as minorOf } from "semver";

/** What differs from one minor release of Kubernetes 1.x on, with who says so. */
export interface KubernetesChange {
  /** The minor release from which on it is so. */
  since: number;
  /** What is so from then on. */
  what: string;
  /** What follows from it here. */
  here: string;
  source: string;
}

const enhancement = (number: number): string => `https://github.com/kubernetes/enhancements/issues/${number}`;
const pullRequest = (number: number): string => `https://github.com/kubernetes/kubernetes/pull/${number}`;
const changelog = (minor: number): string =>
  `https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.${minor}.md`;

const newField = "refused for an older release";
const noFlag = "no such flag in a unit";

function inChangelog(since: number, what: string, here: string): KubernetesChange {
  return { since, what, here, source: changelog(since) };
}

/** All by which code tells releases apart, and what has shaped the files that it writes for all of them alike. */
export const kubernetesChanges = {
  conntrackMaxGone: inChangelog(
    15,
    "kube-proxy has no `conntrack.max`",
    "refused: `conntrack.maxPerCore` and `conntrack.min`",
  ),
  allowPrivilegedGone: inChangelog(15, "the kubelet has no `--allow-privileged`", noFlag),
  resourceContainerGone: inChangelog(16, "kube-proxy has no `resourceContainer`", "refused"),
  roleLabelsRefused: {
    since: 16,
    what: "the kubelet ends at a label `node-role.kubernetes.io/...` of its own",
    here: "labels are set by the administrator's kubeconfig, once the Node is there",
    source: enhancement(279),
  },
  dockershimGone: {
    since: 24,
    what: "no Docker; CNI is the runtime's: no `--network-plugin`, `--cni-conf-dir`, `--cni-bin-dir`",
    here: "containerd, and its drop-in says where CNI is",
    source: enhancement(2221),
  },
  logFilesGone: {
    since: 26,
    what: "no `--logtostderr`, `--alsologtostderr`, `--log-dir`",
    here: "logs go to the journal",
    source: enhancement(2845),
  },
  udpIdleTimeoutGone: inChangelog(
    26,
    "kube-proxy has no userspace mode and no `udpIdleTimeout`",
    "refused: `conntrack.udpTimeout`",
  ),
  devicePluginsAlways: {
    since: 26,
    what: "the kubelet always serves device plugins, as its last part",
    here: "a kubelet is healthy once it does, and need not stay so for three seconds",
    source: enhancement(3573),
  },
  runtimeEndpointField: inChangelog(27, "`containerRuntimeEndpoint` is a field", "it is written to the file"),
  rateLimitsRaised: inChangelog(27, "`kubeAPIQPS` and its like are ten times as high", "not written"),
  nodesNotListed: {
    since: 32,
    what: "a kubelet's credential lists no Nodes",
    here: "flannel has a credential of its own",
    source: enhancement(4601),
  },
  evictionMerged: inChangelog(33, "`mergeDefaultEvictionSettings` keeps the signals that are not named", "true"),
  nftablesStable: { since: 33, what: "mode nftables is stable", here: "the default mode", source: enhancement(3866) },
  cgroupDriverAsked: {
    since: 34,
    what: "the kubelet asks the runtime for the cgroup driver",
    here: "`systemd` in both files all the same: containerd 1.x does not answer",
    source: enhancement(4033),
  },
  streamingTimeoutWithoutEffect: inChangelog(34, "`streamingConnectionIdleTimeout` has no effect", "not written"),
  cgroupV1Refused: {
    since: 35,
    what: "`failCgroupV1` is true where nothing is said",
    here: "a host on cgroup v1 is refused before anything changes, unless it is set to false",
    source: enhancement(5573),
  },
  sandboxImageFlagGone: inChangelog(
    35,
    "the kubelet has no `--pod-infra-container-image`",
    "`sandboxImage` is written to containerd's drop-in",
  ),
  ipvsDeprecated: { since: 35, what: "mode ipvs is deprecated", here: "a warning", source: enhancement(5495) },
  tlsCurvePreferences: inChangelog(36, "`tlsCurvePreferences` of the kubelet", newField),
  memoryReservationPolicy: {
    since: 36,
    what: "`memoryReservationPolicy` of the kubelet",
    here: newField,
    source: enhancement(2570),
  },
  defaultPodSysctls: {
    since: 37,
    what: "`defaultPodSysctls` of the kubelet",
    here: newField,
    source: pullRequest(140052),
  },
  ipvsGated: {
    since: 37,
    what: "mode ipvs has a gate, `KubeProxyIPVS`",
    here: "the mode is refused where the gate is false",
    source: enhancement(5495),
  },
  nftablesDefault: {
    since: 40,
    what: "kube-proxy's own default is nftables, before it is iptables",
    here: "the mode is always written",
    source: enhancement(5495),
  },
  ipvsOffByDefault: {
    since: 40,
    what: "mode ipvs is off by default",
    here: "the mode is refused where the gate is not true",
    source: enhancement(5495),
  },
  ipvsGone: { since: 43, what: "mode ipvs is gone", here: "refused", source: enhancement(5495) },
} as const satisfies Readonly<Record<string, KubernetesChange>>;

/** Whether it is so in a release, such as "1.37.2". */
export function isSince(change: KubernetesChange, kubernetesVersion: string): boolean {
  return minorOf(kubernetesVersion) >= change.since;
}
