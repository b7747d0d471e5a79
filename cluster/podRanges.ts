import type { V1Node } from "@kubernetes/client-node";
import ipaddr from "ipaddr.js";
import type { ClusterClient } from "./kubeClient";

/** How long a list of the Nodes' ranges is good for: they stay as they are for a Node's life. */
const cacheMs = 60_000;

/** One list for all hosts of a run. */
const listed = new WeakMap<ClusterClient, { at: number; nodes: Promise<V1Node[]> }>();

interface Range {
  readonly text: string;
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

/**
 * Whether the pod ranges that the cluster gives its Nodes agree with clusterCIDR.
 *
 * @param clusterCIDR one range, or one of each IP family with a comma between. @example "10.2.0.0/16,fd00:2::/48"
 * @returns what does not agree, in words; undefined where all does, and where no Node has a range (yet).
 * @throws Error where clusterCIDR is no list of ranges; ApiCallError.
 */
export async function podCIDRMismatch(cluster: ClusterClient, clusterCIDR: string): Promise<string | undefined> {
  const wanted = clusterCIDR.split(",").map((text) => parseRange(text.trim()));
  const given = (await nodesOfLastMinute(cluster)).flatMap((node) =>
    (node.spec?.podCIDRs ?? []).map((text) => ({ nodeName: node.metadata?.name ?? "", range: parseRange(text) })),
  );
  const outside = given.find(({ range }) => !wanted.some((whole) => contains(whole, range)));
  if (outside)
    return `Node ${outside.nodeName} has ${outside.range.text}, which is outside of clusterCIDR ${clusterCIDR}`;
  const lacking = wanted.find((whole) => !given.some(({ range }) => familyOf(range) === familyOf(whole)));
  const [first] = given;
  if (!first || !lacking) return undefined;
  const { nodeName, range } = first;
  return (
    `clusterCIDR has ${familyOf(lacking)} range ${lacking.text}, but the cluster gives ${familyOf(range)} ranges only ` +
    `(Node ${nodeName} has ${range.text})`
  );
}

/** A failed call is not kept. */
function nodesOfLastMinute(cluster: ClusterClient): Promise<V1Node[]> {
  const known = listed.get(cluster);
  if (known && Date.now() - known.at < cacheMs) return known.nodes;
  const nodes = cluster.listNodes();
  listed.set(cluster, { at: Date.now(), nodes });
  nodes.catch(() => listed.delete(cluster));
  return nodes;
}

function parseRange(text: string): Range {
  if (!ipaddr.isValidCIDR(text))
    throw new Error(`${JSON.stringify(text)} is not a range of addresses; write e.g. "10.2.0.0/16"`);
  const [address, bits] = ipaddr.parseCIDR(text);
  return { text, address, bits };
}

function familyOf({ address }: Range): "IPv4" | "IPv6" {
  return address.kind() === "ipv4" ? "IPv4" : "IPv6";
}

function contains(whole: Range, part: Range): boolean {
  return familyOf(whole) === familyOf(part) && part.bits >= whole.bits && part.address.match(whole.address, whole.bits);
}
