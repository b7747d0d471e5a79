import type { V1Node } from "@kubernetes/client-node";
import ipaddr from "ipaddr.js";
import { askKubelet } from "./kubeletReach";
import type { ClusterClient } from "./kubeClient";
import type { NodeNetwork } from "./networkFacts";
import { readyCondition } from "./nodeReadiness";

/** Annotation of a Node: who brings the network of its pods. */
const networkAnnotation = "kubernetes-worker-nodes/pod-network";

/** Where another system brings the network, nothing is known of what answers in it. */
const unknownNetwork = "none";

/** How many others a verification tries: one of them may be down. */
const mostPeers = 3;

/** What is written on a Node, so that others know whether its pods are in their network. */
export function networkAnnotations(podNetwork?: string): Record<string, string> {
  return podNetwork === undefined ? {} : { [networkAnnotation]: podNetwork };
}

/**
 * What is to be known of a Ready Node's network; the API server's way to its kubelet is tried.
 *
 * @throws Error where the API server does not reach the kubelet; ApiCallError.
 */
export async function networkOf(
  cluster: ClusterClient,
  node: V1Node,
  podNetwork = unknownNetwork,
): Promise<NodeNetwork> {
  const kubelet = kubeletAddress(node);
  const [fromApiServer, nodes] = await Promise.all([
    askKubelet(cluster, node, kubelet),
    podNetwork === unknownNetwork ? [] : cluster.listNodes(),
  ]);
  return { kubelet, peers: peersOf(node, podNetwork, nodes), fromApiServer };
}

/** The next ones by name, round the end, so that many Nodes do not all try the same few. */
function peersOf(node: V1Node, podNetwork: string, nodes: readonly V1Node[]): string[] {
  const name = nameOf(node);
  const others = nodes
    .filter((other) => nameOf(other) !== name && isPeer(other, podNetwork))
    .flatMap((other) => describePeer(other) ?? [])
    .sort((a, b) => (a < b ? -1 : 1));
  const next = others.findIndex((text) => text.slice(0, text.indexOf("=")) > name);
  const first = next === -1 ? 0 : next;
  return [...others.slice(first), ...others.slice(0, first)].slice(0, mostPeers);
}

function isPeer(node: V1Node, podNetwork: string): boolean {
  return (
    node.metadata?.annotations?.[networkAnnotation] === podNetwork &&
    node.metadata.deletionTimestamp === undefined &&
    readyCondition(node)?.status === "True"
  );
}

/** `node-2=10.0.0.12:10250=10.2.1.1`; undefined for one without addresses. */
function describePeer(node: V1Node): string | undefined {
  const kubelet = kubeletAddress(node);
  const [range] = node.spec?.podCIDRs ?? [];
  if (kubelet === "" || range === undefined || !ipaddr.isValidCIDR(range)) return undefined;
  return `${nameOf(node)}=${kubelet}=${firstAddress(range)}`;
}

/** The one that the plugins give to the bridge. @example firstAddress("10.2.1.0/24") // "10.2.1.1" */
function firstAddress(range: string): string {
  const [address] = ipaddr.parseCIDR(range);
  const bytes = address.toByteArray();
  return ipaddr.fromByteArray([...bytes.slice(0, -1), (bytes.at(-1) ?? 0) + 1]).toString();
}

/** Its address of the family that its pods have first. */
function kubeletAddress({ spec, status }: V1Node): string {
  const isOfPods = (address: string): boolean =>
    address.includes(":") === (spec?.podCIDRs?.[0] ?? address).includes(":");
  const addresses = (status?.addresses ?? []).filter(({ type }) => type === "InternalIP");
  const address = (addresses.find((candidate) => isOfPods(candidate.address)) ?? addresses[0])?.address;
  const port = status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250;
  if (address === undefined) return "";
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function nameOf(node: V1Node): string {
  return node.metadata?.name ?? "";
}
