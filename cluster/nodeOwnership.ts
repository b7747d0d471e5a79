import { changeNode } from "./changeNode";
import { claimAnnotations, claimOnNode, describeHolder, isOfMachine, machineOf, type Claim } from "./claim";
import type { ClusterClient } from "./kubeClient";
import { readyCondition } from "./nodeReadiness";
import { removeNode } from "./nodeRemoval";

export { clusterCa } from "./clusterCa";
export { podCIDRMismatch } from "./podRanges";

/** Whose a Node is. */
export type NodeFinding =
  /** There is no Node of that name. */
  | { is: "absent" }
  /** The machine's. */
  | { is: "ours"; uid: string; claim?: string; owner?: string }
  /** Another machine's, or of a kubelet that reports no machine-id: an empty one. */
  | { is: "other"; machineId: string; ready: boolean; claim?: string; owner?: string };

/**
 * Whether the Node of a name is kept by the kubelet of this machine.
 *
 * @param machineId content of the host's /etc/machine-id.
 */
export async function lookAtNode(cluster: ClusterClient, nodeName: string, machineId: string): Promise<NodeFinding> {
  const node = await cluster.getNode(nodeName);
  if (!node) return { is: "absent" };
  const { id, owner } = claimOnNode(node);
  const held = { ...(id !== "" && { claim: id }), ...(owner !== "" && { owner }) };
  if (isOfMachine(node, machineId)) return { is: "ours", uid: node.metadata?.uid ?? "", ...held };
  return { is: "other", machineId: machineOf(node), ready: readyCondition(node)?.status === "True", ...held };
}

/** A Node to retire: its name, and by what it is known to be the one. */
export interface RetiredNode {
  nodeName: string;
  /** The Node is this machine's. */
  machineId?: string;
  /** The Node carries the claim of this id. */
  claim?: string;
}

/** What became of a Node that was to be retired. */
export interface Retirement {
  /** It was there and is deleted. */
  retired: boolean;
  /** What was done, or why nothing was. */
  words: string;
}

/**
 * Drains and deletes a Node if it is that machine's or carries that claim; any other is left alone, which is said in a line
 * of the run. For a host's former name, names that hosts exchange, and another machine behind an address.
 *
 * @param drainTimeoutSeconds 0 deletes it without draining.
 * @throws DrainBlockedError where a Ready node cannot be drained in time; ApiCallError.
 */
export async function retireNode(
  cluster: ClusterClient,
  { nodeName, machineId = "", claim = "" }: RetiredNode,
  drainTimeoutSeconds: number,
): Promise<Retirement> {
  const node = await cluster.getNode(nodeName);
  if (!node) return { retired: false, words: `there is no Node ${nodeName}` };
  const carriesClaim = claim !== "" && claimOnNode(node).id === claim;
  if (!isOfMachine(node, machineId) && !carriesClaim) {
    const words = `Node ${nodeName} is left alone: ${describeHolder(node)}`;
    console.log(words);
    return { retired: false, words };
  }
  const retired = await removeNode(cluster, node, drainTimeoutSeconds);
  return { retired, words: retired ? `Node ${nodeName} was deleted` : `Node ${nodeName} is another one now` };
}

/** Writes a claim on its Node, if that is kept by the claim's machine; for a host whose Node goes on under another claim. */
export async function annotateNode(cluster: ClusterClient, nodeName: string, claim: Claim): Promise<void> {
  await changeNode(cluster, nodeName, (node) =>
    isOfMachine(node, claim.machineId) ? { metadata: { annotations: claimAnnotations(claim) } } : undefined,
  );
}

/** Names of the Nodes that report this machine-id, sorted; more than one are machines cloned with their /etc/machine-id. */
export async function nodesOfMachine(cluster: ClusterClient, machineId: string): Promise<string[]> {
  const nodes = await cluster.listNodes();
  return nodes
    .filter((node) => isOfMachine(node, machineId))
    .map((node) => node.metadata?.name ?? "")
    .sort();
}
