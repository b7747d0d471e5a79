import {
  containerdConfigErrors,
  type JsonObject,
  kubeletConfigurationErrors,
  kubeletHostFacts,
  kubeProxyConfigurationErrors,
  kubeProxyEndpoints,
  kubernetesVersionErrors,
} from "../../render";
import { kubeletFields } from "../../render/upstream/kubeletFields";
import { kubeProxyFields } from "../../render/upstream/kubeProxyFields";

const runtimePlugin = "io.containerd.cri.v1.runtime";

type Row = [name: string, overrides: JsonObject, version: string, expected: string[]];

describe("kubeletConfiguration overrides", () => {
  const rows: Row[] = [
    ["nothing", {}, "1.37.2", []],
    [
      "known fields of every kind",
      { maxPods: 50, failSwapOn: false, syncFrequency: "1m30s", memoryThrottlingFactor: 0.9 },
      "1.37.2",
      [],
    ],
    ["free-form maps", { evictionHard: { "memory.available": "5%" }, featureGates: { AnyGate: true } }, "1.37.2", []],
    ["null, which removes a field", { seccompDefault: null, memorySwap: null }, "1.37.2", []],
    ["lists of objects", { reservedMemory: [{ numaNode: 0, limits: { memory: "1Gi" } }] }, "1.37.2", []],
    ["a slip", { maxPod: 50 }, "1.37.2", ["maxPod: is no field of KubeletConfiguration; did you mean maxPods?"]],
    [
      "wrong case",
      { clusterDns: [] },
      "1.37.2",
      ["clusterDns: is no field of KubeletConfiguration; did you mean clusterDNS?"],
    ],
    [
      "a slip below",
      { authentication: { webhook: { enable: true } } },
      "1.37.2",
      [
        "authentication.webhook.enable: is no field of KubeletConfiguration; did you mean authentication.webhook.enabled?",
      ],
    ],
    [
      "an unknown key far from all",
      { bananas: 1 },
      "1.37.2",
      ["bananas: is no field of KubeletConfiguration; remove it"],
    ],
    [
      "a key of Object's prototype",
      { constructor: 1 },
      "1.37.2",
      ["constructor: is no field of KubeletConfiguration; remove it"],
    ],
    [
      "a field newer than the kubelet",
      { defaultPodSysctls: { "net.core.somaxconn": "1024" } },
      "1.36.3",
      ["defaultPodSysctls: came with Kubernetes 1.37, this is 1.36; remove it or raise kubernetesVersion"],
    ],
    ["the same with a kubelet that has it", { defaultPodSysctls: { a: "1" } }, "1.37.2", []],
    ["a number in quotes", { maxPods: "50" }, "1.37.2", ["maxPods: must be a whole number; write it without quotes"]],
    ["a string without", { evictionHard: { a: 5 } }, "1.37.2", ["evictionHard.a: must be a string; put it in quotes"]],
    [
      "a duration without unit",
      { syncFrequency: "90" },
      "1.37.2",
      ['syncFrequency: must be a duration; write it with a unit, such as "30s" or "5m0s"'],
    ],
    [
      "a scalar for a list",
      { enforceNodeAllocatable: "pods" },
      "1.37.2",
      ["enforceNodeAllocatable: must be a list; put one item in brackets too"],
    ],
    [
      "a list for an object",
      { memorySwap: [] },
      "1.37.2",
      ["memorySwap: must be an object; its fields are swapBehavior"],
    ],
    [
      "a wrong item",
      { shutdownGracePeriodByPodPriority: [{ priority: "1" }] },
      "1.37.2",
      ["shutdownGracePeriodByPodPriority[0].priority: must be a whole number; write it without quotes"],
    ],
  ];
  test.each(rows)("%s", (_name, overrides, version, expected) => {
    expect(kubeletConfigurationErrors(overrides, version)).toEqual(expected);
  });

  test.each([
    ["apiVersion", { apiVersion: "v1" }],
    ["kind", { kind: "Pod" }],
    ["authentication.anonymous.enabled", { authentication: { anonymous: { enabled: true } } }],
    ["authentication.x509.clientCAFile", { authentication: { x509: { clientCAFile: "/x" } } }],
    ["authorization.mode", { authorization: { mode: "AlwaysAllow" } }],
    ["readOnlyPort", { readOnlyPort: 10255 }],
    ["cgroupDriver", { cgroupDriver: "cgroupfs" }],
    ["clusterDNS", { clusterDNS: ["10.0.0.2"] }],
    ["clusterDomain", { clusterDomain: "x" }],
    ["containerRuntimeEndpoint", { containerRuntimeEndpoint: "unix:///x" }],
    ["podCIDR", { podCIDR: "10.0.0.0/24" }],
    ["registerNode", { registerNode: false }],
    ["registerWithTaints", { registerWithTaints: [] }],
    ["rotateCertificates", { rotateCertificates: false }],
  ] as [string, JsonObject][])("%s belongs to the program and is refused by name", (path, overrides) => {
    const errors = kubeletConfigurationErrors(overrides, "1.37.2");
    expect(errors).toHaveLength(1);
    // Reason and fix, as in "podCIDR: has no effect ...; remove it".
    expect(errors[0]).toMatch(new RegExp(`^${path.replaceAll(".", "\\.")}: [^;]+; .+`));
  });

  test("an owned field cannot be removed by way of its parent", () => {
    expect(kubeletConfigurationErrors({ authentication: null }, "1.37.2")).toEqual([
      "authentication: is null, but authentication.anonymous.enabled below it must stay; set single fields to null instead",
    ]);
  });

  test("every error is reported at once", () => {
    expect(kubeletConfigurationErrors({ maxPod: 1, podCIDR: "", maxPods: true }, "1.37.2")).toHaveLength(3);
  });
});

describe("kubeProxyConfiguration overrides", () => {
  const rows: Row[] = [
    [
      "known fields",
      { conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s" }, nodePortAddresses: ["primary"] },
      "1.37.2",
      [],
    ],
    ["mode", { mode: "ipvs" }, "1.37.2", ["mode: is the setting kubeProxyMode; set that"]],
    ["clusterCIDR", { clusterCIDR: "10.0.0.0/8" }, "1.37.2", ["clusterCIDR: is the setting clusterCIDR; set that"]],
    [
      "hostnameOverride",
      { hostnameOverride: "x" },
      "1.37.2",
      ["hostnameOverride: is the host's name, which the kubelet registers too; set the host's name"],
    ],
    [
      "a field gone for long",
      { udpIdleTimeout: "250ms" },
      "1.37.2",
      ["udpIdleTimeout: was removed in Kubernetes 1.26 with the userspace mode; remove it or use conntrack.udpTimeout"],
    ],
    [
      "a gone field below",
      { conntrack: { max: null } },
      "1.37.2",
      ["conntrack.max: was removed in Kubernetes 1.15; use conntrack.maxPerCore and conntrack.min"],
    ],
    [
      "the connection removed",
      { clientConnection: null },
      "1.37.2",
      [
        "clientConnection: is null, but clientConnection.kubeconfig below it must stay; set single fields to null instead",
      ],
    ],
  ];
  test.each(rows)("%s", (_name, overrides, version, expected) => {
    expect(kubeProxyConfigurationErrors(overrides, version)).toEqual(expected);
  });
});

describe("containerdConfiguration overrides", () => {
  test.each([
    ["nothing", {}, []],
    [
      "another runtime",
      { plugins: { [runtimePlugin]: { containerd: { runtimes: { crun: { runtime_type: "x" } } } } } },
      [],
    ],
    ["the format", { version: 2 }, ["version: is 3, the format of this drop-in; remove it"]],
    [
      "the CNI directory",
      { plugins: { [runtimePlugin]: { cni: { bin_dirs: ["/x"] } } } },
      [`plugins["${runtimePlugin}"].cni.bin_dirs: is /opt/cni/bin, where the plugins are put; remove it`],
    ],
    [
      "a table on the way to a kept value removed",
      { plugins: { [runtimePlugin]: { containerd: null } } },
      [`plugins["${runtimePlugin}"].containerd: must stay true, the kubelet uses the systemd cgroup driver; remove it`],
    ],
    [
      "names of containerd 1.x",
      { plugins: { "io.containerd.grpc.v1.cri": {} } },
      [
        `plugins["io.containerd.grpc.v1.cri"]: is of containerd 1.x; use ${runtimePlugin} and io.containerd.cri.v1.images`,
      ],
    ],
  ] as [string, JsonObject, string[]][])("%s", (_name, overrides, expected) => {
    expect(containerdConfigErrors(overrides)).toEqual(expected);
  });
});

describe("tables of upstream's fields", () => {
  // Counted in types.go of 0.37.2, where the real binaries' strict decoders accept exactly these names; with apiVersion and kind.
  test("have all fields of 1.37", () => {
    expect(Object.keys(kubeletFields.fields)).toHaveLength(128);
    expect(Object.keys(kubeProxyFields.fields)).toHaveLength(26);
  });
});

describe("facts drawn from overrides", () => {
  test("cgroup v1 is refused by default from 1.35 on", () => {
    expect(kubeletHostFacts({}, "1.34.4").failCgroupV1).toBe(false);
    expect(kubeletHostFacts({}, "1.35.0").failCgroupV1).toBe(true);
    expect(kubeletHostFacts({ failCgroupV1: false }, "1.37.2").failCgroupV1).toBe(false);
  });

  test("health is asked where the overrides put it, on the host itself", () => {
    expect(kubeletHostFacts({}).healthz).toBe("127.0.0.1:10248");
    expect(kubeletHostFacts({ healthzBindAddress: "0.0.0.0", healthzPort: 1234 }).healthz).toBe("127.0.0.1:1234");
    expect(kubeletHostFacts({ healthzBindAddress: "fd00::1" }).healthz).toBe("[fd00::1]:10248");
    expect(kubeletHostFacts({ healthzPort: 0 }).healthz).toBeUndefined();
    expect(kubeProxyEndpoints()).toEqual({ healthz: "127.0.0.1:10256", metrics: "127.0.0.1:10249" });
    expect(kubeProxyEndpoints({ metricsBindAddress: "0.0.0.0:9000" }).metrics).toBe("127.0.0.1:9000");
  });

  test("versions", () => {
    expect(kubernetesVersionErrors("v1.34.0")).toEqual([]);
    expect(kubernetesVersionErrors("1.33.1")).toEqual([expect.stringContaining("1.34 to 1.37")]);
    expect(kubernetesVersionErrors("1.37")).toEqual([expect.stringContaining("full version such as 1.37.2")]);
  });
});
