import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { ApiCallError, hasStatus } from "./apiCall";
import { changeNode } from "./changeNode";
import type { ClusterClient } from "./kubeClient";
import { readyCondition } from "./nodeReadiness";
import { sleep } from "./timing";

/** A pod whose eviction was refused or that has not ended, and why: `default/web-0: ...`. */
type Obstacles = Map<string, string>;

/** The drain of a Ready node did not end in time; the message names each pod and what holds it. The node is uncordoned. */
export class DrainBlockedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DrainBlockedError";
  }
}

/**
 * Cordons a node and moves its pods away by the Eviction API, so that PodDisruptionBudgets hold, until none is left.
 * Pods of DaemonSets, static pods and ended pods stay. Pods without a controller and data in emptyDir volumes are lost,
 * as with `kubectl drain --force --delete-emptydir-data`: the node is about to go.
 *
 * A node that is not Ready is not waited for longer than `timeoutSeconds`, and returns normally then: nothing on it
 * answers, and its removal must stay possible. Where its kubelet is silent (Ready Unknown) the drain ends once every
 * eviction is accepted, because nobody is there to end the pods.
 *
 * Returns as well once the Node is gone or is another object: what comes back under its name is not ours to drain.
 *
 * @throws DrainBlockedError where the node is Ready and pods are left after `timeoutSeconds`.
 */
export async function drain(cluster: ClusterClient, node: V1Node, timeoutSeconds: number): Promise<void> {
  const nodeName = node.metadata?.name ?? "";
  const wasSchedulable = node.spec?.unschedulable !== true;
  if (wasSchedulable) await setUnschedulable(cluster, node, true);
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const current = await cluster.getNode(nodeName);
    if (current?.metadata?.uid !== node.metadata?.uid || !current) return;
    const obstacles = await evictAll(cluster, nodeName);
    if (obstacles.size === 0) return;
    const ready = readyCondition(current)?.status ?? "Unknown";
    if (ready === "Unknown" && [...obstacles.values()].every((reason) => reason === terminating)) return;
    if (Date.now() >= deadline) {
      if (ready !== "True") return;
      // A node left cordoned by a removal that did not happen would silently take no more pods.
      if (wasSchedulable) await setUnschedulable(cluster, node, false);
      throw new DrainBlockedError(blockedMessage(nodeName, timeoutSeconds, obstacles));
    }
    await sleep(Math.min(2 * cluster.timing.pollMs, deadline - Date.now()));
  }
}

const terminating = "is being terminated and has not ended";

/** Evicts what has not been evicted yet; returns what is still there. */
async function evictAll(cluster: ClusterClient, nodeName: string): Promise<Obstacles> {
  const pods = (await cluster.listPodsOfNode(nodeName)).filter(hasToLeave);
  const obstacles: Obstacles = new Map();
  await Promise.all(
    pods.map(async (pod) => {
      const { namespace = "default", name = "" } = pod.metadata ?? {};
      const refusal = pod.metadata?.deletionTimestamp ? terminating : await evict(cluster, namespace, name);
      obstacles.set(`${namespace}/${name}`, refusal);
    }),
  );
  return obstacles;
}

/** Why the pod is still there after this eviction; the next look at the list says whether it went. */
async function evict(cluster: ClusterClient, namespace: string, name: string): Promise<string> {
  try {
    await cluster.evictPod(namespace, name);
    return terminating;
  } catch (error) {
    // 429: a budget; 500: two budgets over one pod; 403: its namespace is being deleted, and the pod with it;
    // 409: the pod changed in between. All of them may pass while we wait.
    if (error instanceof ApiCallError && hasStatus(error, 403, 409, 429, 500)) {
      return [error.reason, ...error.causes].join(" ");
    }
    throw error;
  }
}

function hasToLeave(pod: V1Pod): boolean {
  const isMirror = pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  const ofDaemonSet = pod.metadata?.ownerReferences?.some(
    (owner) => owner.controller === true && owner.kind === "DaemonSet",
  );
  const ended = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  return !isMirror && !ofDaemonSet && !ended;
}

/** Does nothing where the Node is gone or is another object than `node`. */
async function setUnschedulable(cluster: ClusterClient, node: V1Node, unschedulable: boolean): Promise<void> {
  const { name = "", uid } = node.metadata ?? {};
  await changeNode(cluster, name, (current) =>
    current.metadata?.uid === uid ? { spec: { unschedulable: unschedulable || null } } : undefined,
  );
}

function blockedMessage(nodeName: string, timeoutSeconds: number, obstacles: Obstacles): string {
  return [
    `Node ${nodeName} was not drained within ${timeoutSeconds} s (drainTimeoutSeconds) and is uncordoned again. Still there:`,
    ...[...obstacles].map(([pod, reason]) => `  pod ${pod}: ${reason}`),
    "Make room for these pods on other nodes, relax the PodDisruptionBudget, or delete the pods; then run the same command again.",
    "To give the drain up, set drainTimeoutSeconds to 0 and run `up` first; where the host is out of the list already, put the " +
      "host back into the list, set drainTimeoutSeconds to 0, run `up`, and take it out again.",
  ].join("\n");
}
