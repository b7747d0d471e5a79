import type { Finding } from "../base/rules/finding";
import * as rule from "./contentRules";
import { isJsonObject, type JsonObject, type JsonValue } from "./types";

// What the kubelet itself checks at its start (pkg/kubelet/apis/config/validation of 1.34 to 1.37) or, worse, does not: a 0 that is
// taken for "not set", a signal that does not exist. A kubelet that ends at its start is found on the host, one node after another.

/** The signals of eviction. Upstream ignores those of containerfs, so they are not offered. */
const signals = [
  ...["memory.available", "nodefs.available", "nodefs.inodesFree"],
  ...["imagefs.available", "imagefs.inodesFree", "pid.available"],
];

const signal = rule.keyed(rule.oneOf(...signals));
const positive: rule.ContentRule = (value) =>
  /^\+?0+(?:\.0+)?[A-Za-z]*$/.test(rule.textOf(value))
    ? 'must be more than 0; write e.g. "100Mi", or "0%" for no limit'
    : undefined;
const threshold = rule.all(signal, rule.quantityOrPercentage, positive);
const reserved = rule.all(rule.keyed(rule.oneOf("cpu", "memory", "ephemeral-storage", "pid")), rule.quantity);
const duration: rule.ContentRule = (value, key) =>
  rule.milliseconds(value) === undefined
    ? 'must be a duration; write it with a unit, such as "30s" or "1m30s"'
    : rule.lasting(0)(value, key);
const isURL: rule.ContentRule = (value) =>
  typeof value !== "string" || value === "" || (/^https?:\/\/[^/]/.test(value) && URL.canParse(value))
    ? undefined
    : "must be an http or https URL; write the whole of it";

/** Rules of single fields of KubeletConfiguration. */
export const kubeletContents: rule.ContentRules = {
  ...rule.loggingRules("logging"),
  address: rule.ipAddress,
  "authentication.webhook.cacheTTL": rule.lasting(0, undefined, "2m"),
  "authorization.webhook.cacheAuthorizedTTL": rule.lasting(0, undefined, "5m"),
  "authorization.webhook.cacheUnauthorizedTTL": rule.lasting(0, undefined, "30s"),
  configMapAndSecretChangeDetectionStrategy: rule.oneOf("Get", "Cache", "Watch"),
  containerLogMaxFiles: rule.between(2),
  containerLogMaxSize: rule.quantity,
  containerLogMaxWorkers: rule.between(1),
  containerLogMonitorInterval: rule.lasting(3000),
  cpuCFSQuotaPeriod: rule.lasting(1, 1000),
  cpuManagerPolicy: rule.oneOf("none", "static"),
  cpuManagerReconcilePeriod: rule.lasting(1, undefined, "10s"),
  "crashLoopBackOff.maxContainerRestartPeriod": rule.lasting(1000, 300_000),
  "defaultPodSysctls.*": rule.keyed(
    rule.form(/^[a-z0-9]+(?:[-_./][A-Za-z0-9_-]+)*$/, "is no name of a sysctl", 'write e.g. "net.core.somaxconn"'),
  ),
  "enforceNodeAllocatable[]": rule.oneOf(
    ...[
      "none",
      "pods",
      "system-reserved",
      "kube-reserved",
      "system-reserved-compressible",
      "kube-reserved-compressible",
    ],
  ),
  eventBurst: rule.between(1, undefined, "100"),
  eventRecordQPS: rule.between(0),
  "evictionHard.*": threshold,
  evictionMaxPodGracePeriod: rule.between(0),
  "evictionMinimumReclaim.*": rule.all(signal, rule.quantityOrPercentage),
  evictionPressureTransitionPeriod: rule.lasting(1, undefined, "5m"),
  "evictionSoft.*": threshold,
  "evictionSoftGracePeriod.*": rule.all(signal, duration),
  "featureGates.*": rule.featureGate,
  fileCheckFrequency: rule.lasting(1, undefined, "20s"),
  hairpinMode: rule.oneOf("promiscuous-bridge", "hairpin-veth", "none"),
  healthzBindAddress: rule.ipAddressOrNone,
  healthzPort: rule.between(0, 65535),
  httpCheckFrequency: rule.lasting(1, undefined, "20s"),
  imageGCHighThresholdPercent: rule.between(0, 100),
  imageGCLowThresholdPercent: rule.between(0, 100),
  imageMaximumGCAge: rule.lasting(0),
  imageMinimumGCAge: rule.lasting(1, undefined, "2m"),
  imagePullCredentialsVerificationPolicy: rule.oneOf(
    ...["NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages", "AlwaysVerify"],
  ),
  iptablesDropBit: rule.between(0, 31),
  iptablesMasqueradeBit: rule.between(0, 31),
  kubeAPIBurst: rule.between(1, undefined, "100"),
  kubeAPIQPS: rule.between(0),
  "kubeReserved.*": reserved,
  maxOpenFiles: rule.between(1, undefined, "1000000"),
  maxParallelImagePulls: rule.between(1),
  maxPods: rule.between(1, undefined, "110"),
  memoryManagerPolicy: rule.oneOf("None", "Static"),
  memoryReservationPolicy: rule.oneOf("None", "TieredReservation"),
  "memorySwap.swapBehavior": rule.oneOf("", "NoSwap", "LimitedSwap"),
  memoryThrottlingFactor: (value) =>
    typeof value === "number" && (value <= 0 || value > 1)
      ? "must be more than 0 and at most 1; write e.g. 0.9"
      : undefined,
  nodeLeaseDurationSeconds: rule.between(1, undefined, "40"),
  nodeStatusMaxImages: rule.between(-1),
  nodeStatusReportFrequency: rule.lasting(1, undefined, "5m"),
  nodeStatusUpdateFrequency: rule.lasting(1, undefined, "10s"),
  oomScoreAdj: rule.between(-1000, 1000),
  podLogsDir: rule.absolutePath,
  podPidsLimit: (value) =>
    typeof value === "number" && (value === 0 || value < -1)
      ? "must be 1 or more, or -1 for no limit; write the number"
      : undefined,
  podsPerCore: rule.between(0),
  port: rule.between(1, 65535, "10250"),
  "qosReserved.*": rule.all(rule.keyed(rule.oneOf("memory")), rule.percentage),
  registryBurst: rule.between(1, undefined, "10"),
  registryPullQPS: rule.between(0),
  reservedSystemCPUs: rule.cpuList,
  "reservedMemory[].numaNode": rule.between(0),
  runOnce: (value) =>
    value === true ? "is refused by the kubelet, whose run-once mode is gone; remove it" : undefined,
  runtimeRequestTimeout: rule.lasting(1, undefined, "2m"),
  shutdownGracePeriod: rule.offOrLasting(1000),
  shutdownGracePeriodCriticalPods: rule.offOrLasting(1000),
  staticPodURL: isURL,
  syncFrequency: rule.lasting(1, undefined, "1m"),
  "systemReserved.*": reserved,
  "tlsCipherSuites[]": rule.form(/^TLS_[A-Z0-9_]+$/, "is no name of a cipher suite", "write Go's name of it, TLS_..."),
  tlsMinVersion: rule.oneOf("", "VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"),
  topologyManagerPolicy: rule.oneOf("none", "best-effort", "restricted", "single-numa-node"),
  topologyManagerScope: rule.oneOf("container", "pod"),
  "tracing.samplingRatePerMillion": rule.between(0, 1_000_000),
  "userNamespaces.idsPerPod": (value) =>
    typeof value === "number" && (value < 65536 || value % 65536 !== 0)
      ? "must be a multiple of 65536; write e.g. 65536"
      : undefined,
};

function numberOr(value: JsonValue | undefined, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function fieldsOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Rules between fields of KubeletConfiguration, with upstream's defaults where the overrides do not say. */
export const kubeletRelations: readonly rule.RelationRule[] = [
  ({ imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: low }) =>
    (typeof high === "number" || typeof low === "number") && numberOr(low, 80) >= numberOr(high, 85)
      ? rule.about(
          typeof low === "number" ? "imageGCLowThresholdPercent" : "imageGCHighThresholdPercent",
          "must leave imageGCLowThresholdPercent (80 where not set) below imageGCHighThresholdPercent (85); change one of them",
        )
      : [],
  ({ evictionSoft, evictionSoftGracePeriod }) =>
    Object.keys(fieldsOf(evictionSoft))
      .filter((name) => signals.includes(name) && !Object.hasOwn(fieldsOf(evictionSoftGracePeriod), name))
      .map((name): Finding => ({
        path: ["evictionSoft", name],
        fault: `needs a grace period; write one in evictionSoftGracePeriod, e.g. "${name}": "1m30s"`,
        hidden: true,
      })),
  ({ shutdownGracePeriod: whole, shutdownGracePeriodCriticalPods: part }) =>
    (rule.milliseconds(part) ?? 0) > (rule.milliseconds(whole) ?? 0)
      ? rule.about(
          "shutdownGracePeriodCriticalPods",
          "must not be longer than shutdownGracePeriod, of which it is a part; change one of them",
        )
      : [],
  ({ imageMinimumGCAge, imageMaximumGCAge }) => {
    const most = rule.milliseconds(imageMaximumGCAge) ?? 0;
    const fault = "must be longer than imageMinimumGCAge (2m where not set); change one of them";
    return most > 0 && most <= (rule.milliseconds(imageMinimumGCAge) ?? 120_000)
      ? rule.about("imageMaximumGCAge", fault)
      : [];
  },
  ({ serializeImagePulls, maxParallelImagePulls }) =>
    numberOr(maxParallelImagePulls, 1) > 1 && serializeImagePulls !== false
      ? rule.about("maxParallelImagePulls", "needs serializeImagePulls false; write that too")
      : [],
  ({ reservedSystemCPUs, systemReservedCgroup, kubeReservedCgroup }) =>
    typeof reservedSystemCPUs === "string" &&
    reservedSystemCPUs !== "" &&
    [systemReservedCgroup, kubeReservedCgroup].some((name) => typeof name === "string" && name !== "")
      ? rule.about(
          "reservedSystemCPUs",
          "cannot be used with systemReservedCgroup or kubeReservedCgroup; remove one of them",
        )
      : [],
  ({ enforceNodeAllocatable, systemReservedCgroup, kubeReservedCgroup }) =>
    (Array.isArray(enforceNodeAllocatable) ? enforceNodeAllocatable : []).flatMap((item, index): Finding[] => {
      const name = rule.textOf(item);
      const needed = name.startsWith("system-")
        ? "systemReservedCgroup"
        : name.startsWith("kube-")
          ? "kubeReservedCgroup"
          : "";
      const given = needed === "systemReservedCgroup" ? systemReservedCgroup : kubeReservedCgroup;
      return needed === "" || (typeof given === "string" && given !== "")
        ? []
        : [{ path: ["enforceNodeAllocatable", index], fault: `needs ${needed}; write that too` }];
    }),
  ({ cpuManagerPolicy, kubeReserved, systemReserved, reservedSystemCPUs }) => {
    const cpus = [fieldsOf(kubeReserved)["cpu"], fieldsOf(systemReserved)["cpu"]];
    const some =
      cpus.some((cpu) => typeof cpu === "string") ||
      (typeof reservedSystemCPUs === "string" && reservedSystemCPUs !== "");
    const fault =
      'is "static", which needs some CPU kept for the system; write systemReserved.cpu, kubeReserved.cpu or reservedSystemCPUs';
    return cpuManagerPolicy === "static" && !some ? [{ path: ["cpuManagerPolicy"], fault, hidden: true }] : [];
  },
];
