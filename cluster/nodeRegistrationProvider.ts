import type { dynamic } from "@pulumi/pulumi";
import type { V1Node } from "@kubernetes/client-node";
import { drain } from "./drain";
import { openCluster, type ClusterClient } from "./kubeClient";
import { applyMarks, noMarks, sameMarks, seenMarks, type Marks, type NodeTaint } from "./nodeLabelsAndTaints";
import { waitForReady } from "./nodeReadiness";

/** Resolved inputs of a NodeRegistration, as the engine hands them to a provider; the units are those of its args. */
export interface NodeRegistrationInputs {
  kubeconfig: string;
  nodeName: string;
  kubeletVersion: string;
  revision: string;
  labels: Record<string, string>;
  taints: NodeTaint[];
  readyTimeoutSeconds: number;
  drainTimeoutSeconds: number;
}

/** State of a NodeRegistration. An empty nodeUid says that the Node has never been seen Ready by us. */
export interface NodeRegistrationState extends NodeRegistrationInputs {
  podCIDRs: string[];
  nodeUid: string;
}

/** What the engine records although create failed: the next `up` updates the resource, and `destroy` deletes the Node. */
class PartialFailure extends Error {
  readonly reasons: string[];
  constructor(
    message: string,
    readonly id: string,
    readonly properties: NodeRegistrationState,
  ) {
    super(message);
    this.name = "PartialFailure";
    this.reasons = [message];
  }
}

/** How Pulumi's Node SDK writes a value that is not known during a preview (runtime/rpc.ts, `unknownValue`). */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Only adds that another node name is another node. `changes` stays open, so that the engine compares the inputs itself
 * and shows each label and taint.
 */
export function diff(
  id: string,
  _olds: NodeRegistrationState,
  news: NodeRegistrationInputs,
): Promise<dynamic.DiffResult> {
  const isSame = news.nodeName === id || news.nodeName === unknownValue;
  return Promise.resolve({ replaces: isSame ? [] : ["nodeName"] });
}

/**
 * Waits for the Node that the kubelet registers, then sets its labels and taints.
 *
 * Once the API server has answered, a failure is recorded as a partial one: the kubelet may register at any later time,
 * and only a resource in the state makes the next `up` wait again and `destroy` delete that Node.
 *
 * @throws PartialFailure, or ApiCallError where the API server gave no usable answer.
 */
export async function create(inputs: NodeRegistrationInputs): Promise<dynamic.CreateResult<NodeRegistrationState>> {
  const cluster = await openCluster(inputs.kubeconfig);
  await cluster.getNode(inputs.nodeName);
  try {
    const node = await register(cluster, inputs, noMarks, { waitForReady: true, newHeartbeat: false });
    return { id: inputs.nodeName, outs: stateOf(inputs, node) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The spread keeps the engine's own `__provider` key, which a partial failure has to bring along itself.
    throw new PartialFailure(message, inputs.nodeName, { ...inputs, podCIDRs: [], nodeUid: "" });
  }
}

/**
 * Waits for the Node again where the kubelet was changed, and brings labels and taints to the new ones. A new
 * kubeconfig or timeout is recorded and nothing is done for it.
 */
export async function update(
  _id: string,
  olds: NodeRegistrationState,
  news: NodeRegistrationInputs,
): Promise<dynamic.UpdateResult<NodeRegistrationState>> {
  const kubeletChanged = olds.revision !== news.revision || olds.kubeletVersion !== news.kubeletVersion;
  const wait = kubeletChanged || !olds.nodeUid;
  if (!wait && sameMarks(olds, news)) return { outs: { ...news, podCIDRs: olds.podCIDRs, nodeUid: olds.nodeUid } };
  const cluster = await openCluster(news.kubeconfig);
  const node = await register(cluster, news, olds, { waitForReady: wait, newHeartbeat: kubeletChanged });
  return { outs: stateOf(news, node) };
}

/**
 * The Node as it is: its kubelet's version, and of labels and taints only those that the state owns. `inputs` as well,
 * so that a difference shows as one of the inputs and the next `up` repairs it. A Node that is gone gives no id.
 */
export async function read(
  id: string,
  props: NodeRegistrationState,
): Promise<dynamic.ReadResult<NodeRegistrationInputs>> {
  const cluster = await openCluster(props.kubeconfig);
  const node = await cluster.getNode(id);
  if (!node) return { id: "" };
  const seen: NodeRegistrationState = {
    ...stateOf(props, node),
    ...seenMarks(node, props),
    kubeletVersion: node.status?.nodeInfo?.kubeletVersion ?? "",
  };
  // A refresh makes the engine forget that create failed; with another revision the next `up` waits for the Node.
  if (!props.nodeUid) Object.assign(seen, { nodeUid: "", revision: "" });
  return { id, props: seen, inputs: inputsOf(seen) };
}

/**
 * Drains the node and deletes its Node object; the kubelet is stopped by its own resource afterwards, and does not
 * register again while it runs. Succeeds where there is no such Node (any more).
 *
 * @throws DrainBlockedError where a Ready node cannot be drained in time; ApiCallError.
 */
async function remove(id: string, props: NodeRegistrationState): Promise<void> {
  const cluster = await openCluster(props.kubeconfig);
  const node = await cluster.getNode(id);
  if (!node) return;
  if (props.drainTimeoutSeconds > 0) await drain(cluster, node, props.drainTimeoutSeconds);
  await cluster.deleteNode(id);
}

export { remove as delete };

async function register(
  cluster: ClusterClient,
  inputs: NodeRegistrationInputs,
  before: Marks,
  options: { waitForReady: boolean; newHeartbeat: boolean },
): Promise<V1Node> {
  const { nodeName, kubeletVersion, readyTimeoutSeconds: timeoutSeconds } = inputs;
  const { newHeartbeat } = options;
  if (options.waitForReady) await waitForReady(cluster, { nodeName, kubeletVersion, timeoutSeconds, newHeartbeat });
  const node = await applyMarks(cluster, nodeName, before, inputs);
  if (!node) {
    throw new Error(
      `Node ${nodeName} is gone, so its labels and taints cannot be set; run \`up --refresh\`, and where the Node does not ` +
        "come back restart its kubelet: a kubelet registers only when it starts",
    );
  }
  return node;
}

/** Without the outputs; the key `__provider`, which the engine adds to all, stays. */
function inputsOf(state: NodeRegistrationState): NodeRegistrationInputs {
  const outputs = ["podCIDRs", "nodeUid"];
  return Object.fromEntries(Object.entries(state).filter(([key]) => !outputs.includes(key))) as NodeRegistrationInputs;
}

function stateOf(inputs: NodeRegistrationInputs, node: V1Node): NodeRegistrationState {
  return { ...inputs, podCIDRs: node.spec?.podCIDRs ?? [], nodeUid: node.metadata?.uid ?? "" };
}
