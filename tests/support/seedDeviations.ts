/** Reason of a field that is left out because every release since has that value. */
export const upstreamsDefault = "upstream's default";

const logFlags = ["--alsologtostderr", "--log-dir", "--logtostderr"];
const inEtc = "Configuration is in `/etc/kubernetes` and `/var/lib/kubelet/config.yaml`";
const versioned = "Binaries stay in `/opt/kubernetes/bin`, below a directory of their version";
const restarts = "Both units restart always";
const afterFirewalls = "Units start after those of firewalls";
const users = "Users and contexts of the kubeconfigs are called by who they are";
const ofAKubeconfig = ["contexts[0].context.user", "contexts[0].name", "current-context", "users[0].name"];

/**
 * For each file of the hand-made procedure the fields that are not as in it, by their reason: a row of docs/errata.md, or words that
 * stand there.
 */
export const deviations: Record<string, Record<string, string[]>> = {
  "kubelet-bootstrap.kubeconfig": { 1: ["clusters[0].cluster.server"], [users]: ofAKubeconfig },
  "kubelet-conf.yaml": {
    5: ["readOnlyPort"],
    6: ["podCIDR"],
    21: ["resolvConf"],
    22: ["clusterDomain"],
    23: ["cgroupDriver"],
    24: ["eventBurst", "eventRecordQPS", "kubeAPIBurst", "kubeAPIQPS"],
    25: ["nodeStatusUpdateFrequency"],
    26: ["imagefs.available", "memory.available", "nodefs.available", "nodefs.inodesFree"].map(
      (signal) => `evictionHard.${signal}`,
    ),
    27: ["hairpinMode", "iptablesDropBit", "iptablesMasqueradeBit", "streamingConnectionIdleTimeout"],
    39: ["staticPodPath"],
    [inEtc]: ["authentication.x509.clientCAFile"],
    "`podPidsLimit: 4096`": ["podPidsLimit"],
    [upstreamsDefault]: [
      ...["address", "port", "healthzBindAddress", "healthzPort", "contentType", "enableDebuggingHandlers"],
      ...["authentication.webhook.cacheTTL", "authorization.webhook.cacheAuthorizedTTL"],
      ...["authorization.webhook.cacheUnauthorizedTTL", "enableControllerAttachDetach", "enforceNodeAllocatable[pods]"],
      ...["cgroupsPerQOS", "cpuCFSQuota", "cpuManagerPolicy", "cpuManagerReconcilePeriod", "maxOpenFiles", "maxPods"],
      ...["containerLogMaxFiles", "containerLogMaxSize", "evictionPressureTransitionPeriod", "oomScoreAdj"],
      ...["fileCheckFrequency", "httpCheckFrequency", "syncFrequency", "volumeStatsAggPeriod", "runtimeRequestTimeout"],
      ...["imageGCHighThresholdPercent", "imageGCLowThresholdPercent", "imageMinimumGCAge", "makeIPTablesUtilChains"],
      ...["registryBurst", "registryPullQPS", "serializeImagePulls"],
    ],
  },
  "10-flannel.conflist": { "The pods' network is called `kubernetes-worker-nodes`": ["name"] },
  "kubelet.service": {
    3: ["--cni-bin-dir"],
    4: ["--fail-swap-on"],
    8: ["Service.WorkingDirectory"],
    9: logFlags,
    10: ["--cert-dir"],
    14: ["--node-labels"],
    15: ["--allow-privileged", "--cni-conf-dir", "--network-plugin", "--pod-infra-container-image"],
    16: ["Unit.Requires"],
    36: ["--allowed-unsafe-sysctls"],
    41: ["Unit.Description", "Unit.Documentation"],
    [inEtc]: ["--bootstrap-kubeconfig", "--config", "--kubeconfig"],
    [versioned]: ["Service.ExecStart"],
    [restarts]: ["Service.Restart"],
    [afterFirewalls]: ["Unit.After"],
  },
  "bootstrap-token-secret.yaml": { 11: ["stringData.usage-bootstrap-signing"] },
  "kubelet-bootstrap-rbac.yaml": {
    "have project, stack and component before their names": [0, 1, 2].map((index) => `[${index}].metadata.name`),
  },
  "kube-proxy-csr.json": {
    "The kube-proxy key is ECDSA P-256": ["key.algo", "key.size"],
    "its certificate names this program": ["C", "L", "O", "OU", "ST"].map((name) => `names[0].${name}`),
  },
  "kube-proxy.kubeconfig": { [users]: ofAKubeconfig },
  "kube-proxy.config.yaml": {
    30: ["conntrack.max", "portRange", "resourceContainer", "udpIdleTimeout"],
    31: ["iptables.masqueradeAll"],
    32: ["bindAddress", "healthzBindAddress", "metricsBindAddress"],
    [inEtc]: ["clientConnection.kubeconfig"],
    [upstreamsDefault]: [
      ...["acceptContentTypes", "burst", "contentType", "qps"].map((field) => `clientConnection.${field}`),
      ...["maxPerCore", "min", "tcpCloseWaitTimeout", "tcpEstablishedTimeout"].map((field) => `conntrack.${field}`),
      ...["iptables.masqueradeBit", "iptables.minSyncPeriod", "iptables.syncPeriod", "nodePortAddresses"],
      ...["excludeCIDRs", "minSyncPeriod", "scheduler", "syncPeriod"].map((field) => `ipvs.${field}`),
      ...["configSyncPeriod", "enableProfiling", "oomScoreAdj"],
    ],
  },
  "kube-proxy.service": {
    7: ["Service.WorkingDirectory"],
    9: logFlags,
    41: ["Unit.Description", "Unit.Documentation"],
    [inEtc]: ["--config"],
    [versioned]: ["Service.ExecStart"],
    [restarts]: ["Service.Restart"],
    [afterFirewalls]: ["Unit.After"],
  },
};
