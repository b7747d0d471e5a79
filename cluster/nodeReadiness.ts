import type { V1Node, V1NodeCondition } from "@kubernetes/client-node";
import { otherMachine, refuseForeign, type Claim } from "./claim";
import type { ClusterClient } from "./kubeClient";
import { explainMissingNode } from "./missingNode";
import type { NodeChanges } from "./nodeWatch";

/** What is waited for. */
export interface ReadinessGoal {
  readonly nodeName: string;
  /** As the Node reports it in status.nodeInfo.kubeletVersion: `v1.37.2`. */
  readonly kubeletVersion: string;
  readonly timeoutSeconds: number;
  /**
   * Also wait for a heartbeat sent during the wait, or after `kubeletStart`. A Node stays Ready for 40 to 50 s after its kubelet
   * died, so after a restart Ready alone says nothing about the new kubelet.
   */
  readonly newHeartbeat: boolean;
  /** When its kubelet was started, milliseconds since 1970 by the clock of its host, which its Lease is written by. */
  readonly kubeletStart?: number;
  /** Whose the Node has to be. Without it, a Node of this name is taken as it is. */
  readonly claim?: Claim;
}

/** The Node did not become Ready in time; the message says what was seen and where to look. */
export class NodeNotReadyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NodeNotReadyError";
  }
}

/** The Node's Ready condition, which the kubelet sets, or the node lifecycle controller once the kubelet is silent. */
export function readyCondition(node: V1Node): V1NodeCondition | undefined {
  return node.status?.conditions?.find((condition) => condition.type === "Ready");
}

/**
 * Waits until the Node is there, of the right machine, Ready and of the right kubelet version.
 *
 * @returns the Node as it was last read.
 * @throws NodeNotReadyError after `goal.timeoutSeconds`; ForeignNodeError at once where another stack holds the Node; ApiCallError where the API server is out of reach.
 */
export async function waitForReady(cluster: ClusterClient, goal: ReadinessGoal): Promise<V1Node> {
  const changes = cluster.listenToNode(goal.nodeName);
  try {
    return await waitWhile(cluster, goal, changes);
  } finally {
    changes.stop();
  }
}

async function waitWhile(cluster: ClusterClient, goal: ReadinessGoal, changes: NodeChanges): Promise<V1Node> {
  const { pollMs, watchedPollMs, progressMs } = cluster.timing;
  const start = Date.now();
  const deadline = start + goal.timeoutSeconds * 1000;
  const isAlive = await signOfLife(cluster, goal);
  let nextProgress = start + progressMs;
  for (;;) {
    const node = await cluster.getNode(goal.nodeName);
    if (node && goal.claim) refuseForeign(node, goal.claim);
    const missing = node ? whatIsMissing(node, goal) : "there is no Node object of this name yet";
    if (node && missing === undefined && (await isAlive())) return node;
    const what = missing ?? "it is Ready, but its kubelet has sent no heartbeat since it was changed";
    const now = Date.now();
    if (now >= deadline) throw new NodeNotReadyError(await timeoutMessage(cluster, goal, node, what, new Date(start)));
    if (now >= nextProgress) {
      nextProgress += progressMs;
      // Standard output of a plugin is shown by the engine as a message of the run.
      console.log(`Node ${goal.nodeName}: waiting for ${Math.round((now - start) / 1000)} s: ${what}`);
    }
    // A heartbeat changes the Lease, and not the Node.
    const pause = changes.isWatched() && missing !== undefined ? watchedPollMs : pollMs;
    await changes.next(Math.min(pause, deadline - now, nextProgress - now));
  }
}

/** Whether the kubelet has given a sign of life since it was changed; where none may be read, it has. */
async function signOfLife(cluster: ClusterClient, goal: ReadinessGoal): Promise<() => Promise<boolean>> {
  const look = (): Promise<Heartbeat | undefined> => readHeartbeat(cluster, goal.nodeName);
  const isNew = ({ renewed }: Heartbeat): boolean => goal.kubeletStart !== undefined && renewed > goal.kubeletStart;
  const first = goal.newHeartbeat ? await look() : undefined;
  if (first === undefined || isNew(first)) return () => Promise.resolve(true);
  return async () => {
    const last = await look();
    return last?.text !== first.text || isNew(last);
  };
}

interface Heartbeat {
  /** Changes with every sign of life of the kubelet: its Lease (each 10 s) or its status (each 5 min, and on change). */
  text: string;
  /** When it renewed its Lease, milliseconds since 1970. */
  renewed: number;
}

async function readHeartbeat(cluster: ClusterClient, nodeName: string): Promise<Heartbeat | undefined> {
  const renewTime = await cluster.getLeaseRenewTime(nodeName);
  if (renewTime === undefined) return undefined;
  const node = await cluster.getNode(nodeName);
  const ready = node && readyCondition(node);
  // Unknown is set by a controller, which is not a sign of life.
  const status = ready && ready.status !== "Unknown" ? JSON.stringify(ready.lastHeartbeatTime) : "";
  return { text: `${renewTime} ${status}`, renewed: Date.parse(renewTime) };
}

/** The first thing that keeps the Node from being what is waited for, in words; undefined where it is. */
function whatIsMissing(node: V1Node, goal: ReadinessGoal): string | undefined {
  const other = node.status?.nodeInfo && goal.claim && otherMachine(node, goal.claim);
  if (other) return `${other}: another host's kubelet runs under this name`;
  const ready = readyCondition(node);
  if (!ready) return "the Node object is there, but its kubelet has not reported a status yet";
  if (ready.status !== "True") {
    return `its Ready condition is ${ready.status} (${ready.reason ?? "no reason"}): ${ready.message ?? "no message"}`;
  }
  const version = node.status?.nodeInfo?.kubeletVersion;
  if (version !== goal.kubeletVersion) {
    return (
      `it is Ready with kubelet ${version ?? "of unknown version"}, ${goal.kubeletVersion} is expected: ` +
      "another kubelet runs under this name, or this one was not restarted"
    );
  }
  return undefined;
}

async function timeoutMessage(
  cluster: ClusterClient,
  goal: ReadinessGoal,
  node: V1Node | undefined,
  what: string,
  start: Date,
): Promise<string> {
  const lines = [
    `Node ${goal.nodeName} is not Ready after ${goal.timeoutSeconds} s (readyTimeoutSeconds): ${what}`,
    ...(node ? [] : await explainMissingNode(cluster, goal.nodeName, start)),
    "Look at `journalctl -u kubelet` on the host.",
  ];
  return lines.join("\n");
}
