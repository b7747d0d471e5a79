import type { V1Node } from "@kubernetes/client-node";
import { hasStatus } from "./apiCall";
import { drain } from "./drain";
import type { ClusterClient } from "./kubeClient";

/**
 * Drains and deletes this very Node object: one that came under its name meanwhile stays, which is said in a line of the run.
 *
 * @param drainTimeoutSeconds 0 deletes it without draining.
 * @returns false where it stayed.
 * @throws DrainBlockedError where a Ready node cannot be drained in time; ApiCallError.
 */
export async function removeNode(cluster: ClusterClient, node: V1Node, drainTimeoutSeconds: number): Promise<boolean> {
  const { name = "", uid = "" } = node.metadata ?? {};
  if (drainTimeoutSeconds > 0) await drain(cluster, node, drainTimeoutSeconds);
  try {
    await cluster.deleteNode(name, uid);
    return true;
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
    console.log(`Node ${name} is left alone: another Node has taken the name while this one was being removed`);
    return false;
  }
}
