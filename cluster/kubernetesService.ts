import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import { ApiCallError } from "./apiCall";
import type { ClusterClient } from "./kubeClient";

/** Asked once by each client: all nodes of a run have the same answer. */
const answers = new WeakMap<ClusterClient, Promise<string>>();

/**
 * The Service `kubernetes`, by which pods reach the API, and its endpoints, which are the API servers; empty where it cannot be
 * read, which fails nothing: it is only there to be compared with a host's rules.
 *
 * @example "10.1.0.1:443=10.0.0.10:6443,10.0.0.11:6443"
 */
export function kubernetesService(cluster: ClusterClient): Promise<string> {
  const asked = answers.get(cluster) ?? ask(cluster);
  answers.set(cluster, asked);
  return asked;
}

async function ask(cluster: ClusterClient): Promise<string> {
  try {
    const [service, slices] = await Promise.all([cluster.getKubernetesService(), cluster.listKubernetesEndpoints()]);
    return service === undefined ? "" : serviceText(service, slices);
  } catch (error) {
    if (error instanceof ApiCallError) return "";
    throw error;
  }
}

function serviceText({ spec }: V1Service, slices: V1EndpointSlice[]): string {
  const { clusterIP = "", ports = [] } = spec ?? {};
  const ofFamily = slices.filter(({ addressType }) => (addressType === "IPv6") === clusterIP.includes(":"));
  const endpoints = ofFamily.flatMap((slice) =>
    (slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses }) => addresses.map((address) => socketAddress(address, slice.ports?.[0]?.port))),
  );
  return endpoints.length === 0
    ? ""
    : `${socketAddress(clusterIP, ports[0]?.port)}=${[...new Set(endpoints)].sort().join(",")}`;
}

function socketAddress(address: string, port = 443): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
