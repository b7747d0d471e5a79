import { kubeletConfigurationErrors, kubeProxyConfigurationErrors, type JsonObject } from "../../render";
import { kubeletContents } from "../../render/kubeletContents";
import { kubeProxyContents } from "../../render/kubeProxyContents";
import { kubeletFields } from "../../render/upstream/kubeletFields";
import { kubeProxyFields } from "../../render/upstream/kubeProxyFields";
import { fieldOf, type FieldType } from "../../render/upstream/fieldTypes";

const version = "1.37.2";

describe("a KubeletConfiguration of right types", () => {
  test.each<[JsonObject, string]>([
    [
      { maxPods: 0 },
      "maxPods: must be 1 or more, 0 would give upstream's default of 110; write the number, or leave it out",
    ],
    [{ maxPods: -1 }, "maxPods: must be 1 or more; write"],
    [{ port: 0 }, "0 would give upstream's default of 10250"],
    [{ port: 70000 }, "port: must be from 1 to 65535"],
    [{ healthzPort: 70000 }, "must be from 0 to 65535"],
    [{ healthzBindAddress: "$(reboot)" }, "healthzBindAddress: must be an IP address"],
    [{ address: "localhost" }, "address: must be an IP address"],
    [
      { evictionHard: { "memory.available": "200%" } },
      'evictionHard["memory.available"]: must be a percentage from 0% to 100%',
    ],
    [{ evictionHard: { "memory.available": "100MB" } }, "must be a quantity"],
    [{ evictionHard: { "memory.available": "-1Mi" } }, "must be a quantity that is not negative"],
    [{ evictionHard: { "memory.available": "0" } }, "must be more than 0"],
    [{ evictionHard: { "memory.free": "1Gi" } }, 'must be one of "memory.available", '],
    [{ evictionSoft: { "memory.available": "1Gi" } }, "needs a grace period; write one in evictionSoftGracePeriod"],
    [
      { evictionSoft: { "nodefs.available": "1%" }, evictionSoftGracePeriod: { "nodefs.available": "90" } },
      "must be a duration",
    ],
    [{ evictionMinimumReclaim: { "nodefs.available": "x" } }, "must be a quantity"],
    [{ evictionPressureTransitionPeriod: "0s" }, "upstream's default of 5m"],
    [{ featureGates: { "No Gate": true } }, 'featureGates["No Gate"]: is not the form of a feature gate'],
    [{ syncFrequency: "-1s" }, "syncFrequency: must be 1ms or longer"],
    [{ syncFrequency: "0s" }, "syncFrequency: must be longer than 0, which would give upstream's default of 1m"],
    [{ cpuManagerPolicy: "dynamic" }, 'cpuManagerPolicy: must be one of "none", "static"'],
    [{ cpuManagerPolicy: "static" }, "needs some CPU kept for the system"],
    [{ topologyManagerPolicy: "numa" }, "topologyManagerPolicy: must be one of"],
    [{ topologyManagerScope: "node" }, "topologyManagerScope: must be one of"],
    [{ memoryManagerPolicy: "static" }, 'memoryManagerPolicy: must be one of "None", "Static"'],
    [{ imagePullCredentialsVerificationPolicy: "Always" }, "imagePullCredentialsVerificationPolicy: must be one of"],
    [{ hairpinMode: "hairpin" }, "hairpinMode: must be one of"],
    [{ memorySwap: { swapBehavior: "UnlimitedSwap" } }, "memorySwap.swapBehavior: must be one of"],
    [{ imageGCHighThresholdPercent: 101 }, "imageGCHighThresholdPercent: must be from 0 to 100"],
    [{ imageGCHighThresholdPercent: 80, imageGCLowThresholdPercent: 80 }, "imageGCLowThresholdPercent: must leave"],
    [{ imageGCHighThresholdPercent: 70 }, "imageGCHighThresholdPercent: must leave"],
    [{ imageMaximumGCAge: "1m" }, "imageMaximumGCAge: must be longer than imageMinimumGCAge"],
    [
      { shutdownGracePeriod: "10s", shutdownGracePeriodCriticalPods: "20s" },
      "must not be longer than shutdownGracePeriod",
    ],
    [{ shutdownGracePeriod: "10ms" }, "shutdownGracePeriod: must be 1s or longer"],
    [{ maxParallelImagePulls: 4 }, "needs serializeImagePulls false"],
    [{ systemReserved: { cores: "1" } }, 'systemReserved.cores: must be one of "cpu"'],
    [{ kubeReserved: { cpu: "half" } }, "kubeReserved.cpu: must be a quantity"],
    [{ enforceNodeAllocatable: ["pod"] }, "enforceNodeAllocatable[0]: must be one of"],
    [{ enforceNodeAllocatable: ["pods", "kube-reserved"] }, "enforceNodeAllocatable[1]: needs kubeReservedCgroup"],
    [{ reservedSystemCPUs: "all" }, "reservedSystemCPUs: must be a list of CPUs"],
    [{ reservedSystemCPUs: "0", systemReservedCgroup: "/system" }, "cannot be used with"],
    [{ containerLogMaxSize: "10MB" }, "containerLogMaxSize: must be a quantity"],
    [{ containerLogMaxFiles: 1 }, "containerLogMaxFiles: must be 2 or more"],
    [{ nodeLeaseDurationSeconds: 0 }, "upstream's default of 40"],
    [{ tlsMinVersion: "1.2" }, "tlsMinVersion: must be one of"],
    [{ tlsCipherSuites: ["ECDHE-RSA"] }, "tlsCipherSuites[0]: is no name"],
    [{ podPidsLimit: 0 }, "podPidsLimit: must be 1 or more, or -1"],
    [{ staticPodURL: "file:///etc/pods" }, "staticPodURL: must be an http or https URL"],
    [{ oomScoreAdj: 1001 }, "oomScoreAdj: must be from -1000 to 1000"],
    [{ memoryThrottlingFactor: 1.5 }, "memoryThrottlingFactor: must be more than 0"],
    [{ logging: { format: "xml" } }, "logging.format: must be one of"],
    [{ runOnce: true }, "runOnce: is refused by the kubelet"],
    [{ userNamespaces: { idsPerPod: 1000 } }, "must be a multiple of 65536"],
  ])("is refused: %j", (overrides, expected) => {
    expect(kubeletConfigurationErrors(overrides, version)).toEqual([expect.stringContaining(expected)]);
  });

  test.each<[JsonObject]>([
    [{ maxPods: 250, port: 10260, healthzPort: 0, healthzBindAddress: "::1", address: "0.0.0.0" }],
    [{ evictionHard: { "memory.available": "100Mi", "nodefs.available": "5%", "pid.available": "0%" } }],
    [{ evictionSoft: { "imagefs.available": "1.5Gi" }, evictionSoftGracePeriod: { "imagefs.available": "1m30s" } }],
    [{ cpuManagerPolicy: "static", systemReserved: { cpu: "500m", "ephemeral-storage": "1Gi" } }],
    [{ reservedSystemCPUs: "0-1,8", cpuManagerPolicy: "static" }],
    [{ serializeImagePulls: false, maxParallelImagePulls: 4, registryPullQPS: 0 }],
    [{ shutdownGracePeriod: "30s", shutdownGracePeriodCriticalPods: "10s" }],
    [{ enforceNodeAllocatable: ["none"], podPidsLimit: -1, imageMaximumGCAge: "0s" }],
    [{ logging: { format: "json", verbosity: 4 }, tlsMinVersion: "VersionTLS13", featureGates: { NodeSwap: true } }],
  ])("is taken: %j", (overrides) => {
    expect(kubeletConfigurationErrors(overrides, version)).toEqual([]);
  });
});

describe("a KubeProxyConfiguration of right types", () => {
  test.each<[JsonObject, string]>([
    [{ healthzBindAddress: "$(reboot)" }, "healthzBindAddress: must be an IP address and a port"],
    [{ metricsBindAddress: "127.0.0.1" }, "metricsBindAddress: must be an IP address and a port"],
    [{ metricsBindAddress: "localhost:10249" }, "must be an IP address and a port"],
    [{ metricsBindAddress: "::1:10249" }, "must be an IP address and a port"],
    [{ metricsBindAddress: "127.0.0.1:70000" }, "must be an IP address and a port"],
    [{ bindAddress: "any" }, "bindAddress: must be an IP address"],
    [{ nodePortAddresses: ["10.0.0.1"] }, 'nodePortAddresses[0]: must be a CIDR or one of the words "primary"'],
    [{ detectLocalMode: "Cluster" }, "detectLocalMode: must be one of"],
    [{ detectLocalMode: "BridgeInterface" }, "detectLocalMode: needs detectLocal.bridgeInterface"],
    [{ conntrack: { maxPerCore: -1 } }, "conntrack.maxPerCore: must be 0 or more"],
    [{ conntrack: { udpTimeout: "-1s" } }, "conntrack.udpTimeout: must be 0s or longer"],
    [{ iptables: { masqueradeBit: 32 } }, "iptables.masqueradeBit: must be from 0 to 31"],
    [
      { nftables: { syncPeriod: "1s", minSyncPeriod: "2s" } },
      "nftables.minSyncPeriod: must not be longer than syncPeriod",
    ],
    [{ oomScoreAdj: -1001 }, "must be from -1000 to 1000"],
    [{ ipvs: { excludeCIDRs: ["x"] } }, "ipvs.excludeCIDRs[0]: must be a CIDR"],
  ])("is refused: %j", (overrides, expected) => {
    expect(kubeProxyConfigurationErrors(overrides, version)).toEqual([expect.stringContaining(expected)]);
  });

  test.each<[JsonObject]>([
    [{ healthzBindAddress: "0.0.0.0:10256", metricsBindAddress: "[::1]:10249", bindAddress: "::" }],
    [{ nodePortAddresses: ["primary", "10.0.0.0/8"], conntrack: { tcpEstablishedTimeout: "0s", maxPerCore: 0 } }],
    [{ detectLocalMode: "InterfaceNamePrefix", detectLocal: { interfaceNamePrefix: "veth" } }],
  ])("is taken: %j", (overrides) => {
    expect(kubeProxyConfigurationErrors(overrides, version)).toEqual([]);
  });
});

/** Paths of all fields of a type, in the form of the rules. */
function pathsOf(type: FieldType, path: string): string[] {
  if (typeof type === "string") return [path];
  if (type.is === "map") return pathsOf(type.values, `${path}.*`);
  if (type.is === "list") return pathsOf(type.items, `${path}[]`);
  return Object.entries(type.fields).flatMap(([name, entry]) =>
    pathsOf(fieldOf(entry).type, path === "" ? name : `${path}.${name}`),
  );
}

test("every rule is about a field that upstream has", () => {
  const kubelet = new Set(pathsOf(kubeletFields, ""));
  const kubeProxy = new Set(pathsOf(kubeProxyFields, ""));
  expect(Object.keys(kubeletContents).filter((path) => !kubelet.has(path))).toEqual([]);
  expect(Object.keys(kubeProxyContents).filter((path) => !kubeProxy.has(path))).toEqual([]);
});
