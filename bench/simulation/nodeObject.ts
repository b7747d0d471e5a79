import { defaultKubernetesVersion } from "../../base/kubernetesVersion";

/** The parts of Kubernetes objects that the simulation looks at. */
export interface ApiObject {
  metadata: { name: string; uid?: string; resourceVersion?: string };
  /** Of DeleteOptions. */
  preconditions?: { uid?: string };
}

/** Images of a node that has some work: they are most of a Node's text. */
const images = Array.from({ length: 20 }, (_, index) => ({
  names: [`registry.example.com/team/service-${index}@sha256:${String(index).padStart(64, "0")}`],
  sizeBytes: 50_000_000 + index,
}));

/** A Node as its kubelet keeps it, about 5 KB of JSON, as Nodes are in use. */
export function nodeObject(
  name: string,
  machineId: string,
  index: number,
  ready: "True" | "False",
): ApiObject & Record<string, unknown> {
  const now = new Date().toISOString();
  const condition = (type: string, is: string): object => ({
    ...{ type, status: is, lastHeartbeatTime: now, lastTransitionTime: now },
    ...{ reason: `Kubelet${type}`, message: `kubelet says of ${type}: ${is}` },
  });
  const resources = { cpu: "8", "ephemeral-storage": "100Gi", "hugepages-2Mi": "0", memory: "32Gi", pods: "110" };
  return {
    metadata: { name, ...{ labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" } } },
    ...{ apiVersion: "v1", kind: "Node" },
    spec: { podCIDRs: [`10.${2 + Math.floor(index / 256)}.${index % 256}.0/24`] },
    status: {
      nodeInfo: { kubeletVersion: `v${defaultKubernetesVersion}`, machineID: machineId, operatingSystem: "linux" },
      addresses: [{ type: "Hostname", address: name }],
      allocatable: resources,
      capacity: resources,
      conditions: [
        ...["MemoryPressure", "DiskPressure", "PIDPressure"].map((type) => condition(type, "False")),
        condition("Ready", ready),
      ],
      images,
    },
  };
}
