import { CoreV1Api, KubeConfig, VersionApi } from "@kubernetes/client-node";
import { load } from "js-yaml";
import { fieldsOf } from "../../base/rules/finding";

/** What a cluster says of itself; what it does not say is undefined. */
export interface ClusterFacts {
  version?: string;
  clusterDNS?: string[];
  clusterCIDR?: string;
  clusterDomain?: string;
}

/** Longest time to wait for the API server, in milliseconds. */
const patience = 10_000;

/**
 * Asks the API server, and reads only.
 *
 * @throws Error where it does not answer
 */
export async function askCluster(kubeconfig: string): Promise<ClusterFacts> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const { gitVersion } = await withinTime(config.makeApiClient(VersionApi).getCode());
  const core = config.makeApiClient(CoreV1Api);
  const network = await kubeadmNetwork(core);
  return {
    version: /^v(\d+\.\d+\.\d+)/.exec(gitVersion)?.[1],
    clusterDNS: await dnsAddresses(core),
    clusterCIDR: textOf(network["podSubnet"]) ?? (await controllerManagerRange(core)),
    clusterDomain: textOf(network["dnsDomain"]),
  };
}

/** A cluster of kubeadm has what it was made with. */
async function kubeadmNetwork(core: CoreV1Api): Promise<Record<string, unknown>> {
  const map = await found(core.readNamespacedConfigMap({ namespace: "kube-system", name: "kubeadm-config" }));
  const text = map?.data?.["ClusterConfiguration"];
  // js-yaml takes an empty text for a mistake.
  return text ? fieldsOf(fieldsOf(load(text))["networking"]) : {};
}

async function dnsAddresses(core: CoreV1Api): Promise<string[] | undefined> {
  const service = await found(core.readNamespacedService({ namespace: "kube-system", name: "kube-dns" }));
  const addresses = (service?.spec?.clusterIPs ?? []).filter((address) => address !== "None");
  return addresses.length === 0 ? undefined : addresses;
}

/** Where the controller manager is a pod, its range is among its arguments. */
async function controllerManagerRange(core: CoreV1Api): Promise<string | undefined> {
  const pods = await found(
    core.listNamespacedPod({ namespace: "kube-system", labelSelector: "component=kube-controller-manager" }),
  );
  const words = (pods?.items ?? []).flatMap(
    ({ spec }) => spec?.containers.flatMap(({ command = [] }) => command) ?? [],
  );
  return words.map((word) => /^--cluster-cidr=(.+)$/.exec(word)?.[1]).find((range) => range !== undefined);
}

/** The answer, or undefined where there is no such thing or it may not be read. */
async function found<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await withinTime(call);
  } catch {
    return undefined;
  }
}

async function withinTime<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience / 1000} s`)), patience);
  });
  return Promise.race([call, late]).finally(() => clearTimeout(timer));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
