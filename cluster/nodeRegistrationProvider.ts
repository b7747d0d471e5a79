import { randomUUID } from "node:crypto";
import { messageOf } from "../base/errorMessage";
import type { dynamic } from "@pulumi/pulumi";
import type { V1Node } from "@kubernetes/client-node";
import { kept, seal, unknownValue, unseal } from "../base/sealed";
import { PartialFailure } from "../base/partialFailure";
import { serviceStart } from "../base/serviceStarts";
import {
  claimAnnotations,
  describeHolder,
  otherMachine,
  refuseForeign,
  registrationAnnotation,
  type Claim,
} from "./claim";
import { kubernetesService } from "./kubernetesService";
import { noNetwork, type NodeNetwork } from "./networkFacts";
import { networkAnnotations, networkOf } from "./nodeNetwork";
import { openCluster, type ClusterClient } from "./kubeClient";
import { withFlannelMarks } from "./flannelMarks";
import { applyMarks, noMarks, type Marks } from "./nodeLabelsAndTaints";
import { waitForReady } from "./nodeReadiness";
import { isRegistered, stateOf } from "./nodeRegistrationState";
import type { NodeRegistrationInputs, NodeRegistrationState } from "./nodeRegistrationState";
import { removeNode } from "./nodeRemoval";

/** The outputs of a Node that was not seen. */
const nothingSeen = { podCIDRs: [], nodeUid: "", told: [], kubernetesService: "", network: noNetwork };

export { configure } from "../base/configured";
export { read } from "./nodeRegistrationRead";

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

/** The inputs have the kubeconfig's digest; the outputs, which all that runs without a program reads, have what `kept` makes of it. */
export function check(
  _olds: NodeRegistrationState,
  news: NodeRegistrationInputs,
): Promise<{ inputs: NodeRegistrationInputs }> {
  return Promise.resolve({ inputs: { ...news, kubeconfig: seal(news.kubeconfig) } });
}

/**
 * Waits for the Node that the kubelet registers, then sets its labels, taints and claim.
 *
 * Once the API server has answered, a failure is recorded as a partial one: the kubelet may register at any later time,
 * and only a resource in the state makes the next `up` wait again and `destroy` delete that Node.
 *
 * @throws PartialFailure, or ApiCallError where the API server gave no usable answer.
 */
export async function create(given: NodeRegistrationInputs): Promise<dynamic.CreateResult<NodeRegistrationState>> {
  const inputs = { ...given, kubeconfig: kept(unseal(given.kubeconfig)), instance: randomUUID() };
  if (inputs.claim?.lost === true) return { id: inputs.nodeName, outs: lostState(inputs) };
  const cluster = await openCluster(inputs.kubeconfig);
  await cluster.getNode(inputs.nodeName);
  try {
    const node = await register(cluster, inputs, noMarks, { waitForReady: true, newHeartbeat: false });
    return { id: inputs.nodeName, outs: await saidState(cluster, inputs, node) };
  } catch (error) {
    const message = messageOf(error);
    // The spread keeps the engine's own `__provider` key, which a partial failure has to bring along itself.
    throw new PartialFailure(message, inputs.nodeName, { ...inputs, ...nothingSeen });
  }
}

/**
 * Waits for the Node again where its kubelet or its host was changed or it was seen not to be Ready, and brings labels, taints and
 * claim to the new ones. At least one call is made, whatever changed: a kubeconfig that does not work is refused here. One that is no
 * value of the stack's configuration is not recorded then, where it would stop the next refresh.
 */
export async function update(
  _id: string,
  olds: NodeRegistrationState,
  given: NodeRegistrationInputs,
): Promise<dynamic.UpdateResult<NodeRegistrationState>> {
  const news = {
    ...given,
    kubeconfig: kept(unseal(given.kubeconfig)),
    instance: olds.instance ?? randomUUID(),
  };
  // Its Node is deleted by the claim of the host, and does not come back.
  if (news.claim?.lost === true) return { outs: lostState(news) };
  const cluster = await openCluster(news.kubeconfig);
  const seen = await cluster.getNode(news.nodeName);
  const kubeletChanged = olds.revision !== news.revision || olds.kubeletVersion !== news.kubeletVersion;
  const isOther = seen !== undefined && news.claim !== undefined && otherMachine(seen, news.claim) !== undefined;
  const isFaulty = (olds.faults ?? []).length > 0;
  const wait = kubeletChanged || isOtherClaim(olds.claim, news.claim) || isOther || !olds.nodeUid || isFaulty;
  const before = olds.podNetwork === "flannel" && news.podNetwork !== "flannel" ? withFlannelMarks(olds) : olds;
  const node = await register(cluster, news, before, { waitForReady: wait, newHeartbeat: kubeletChanged });
  // Nodes that came later are none of this one's business as long as it stays as it is.
  const known = wait || changesNetwork(olds, news) ? undefined : olds.network;
  return { outs: await saidState(cluster, news, node, known) };
}

/**
 * Drains the node and deletes its Node object; the kubelet is stopped by its own resource afterwards, and does not
 * register again while it runs. Succeeds where there is no such Node (any more), and leaves one alone, saying so, that is
 * another host's or that another claim has taken over.
 *
 * @throws DrainBlockedError where a Ready node cannot be drained in time; ApiCallError.
 */
async function remove(id: string, props: NodeRegistrationState): Promise<void> {
  const cluster = await openCluster(props.kubeconfig);
  const node = await cluster.getNode(id);
  if (!node) return;
  if (isRegistered(node, props)) await removeNode(cluster, node, props.drainTimeoutSeconds);
  else console.log(`Node ${id} is left alone, it is not the one registered here: ${describeHolder(node)}`);
}

export { remove as delete };

/** Inputs, and which resource they are of. */
type Instanced = NodeRegistrationInputs & { instance: string };

/** The new state; what it tells is said as well. */
async function saidState(
  cluster: ClusterClient,
  inputs: Instanced,
  node: V1Node,
  known?: NodeNetwork,
): Promise<NodeRegistrationState> {
  const [network, service] = await Promise.all([
    known ?? networkOf(cluster, node, inputs.podNetwork),
    kubernetesService(cluster),
  ]);
  const state = { ...stateOf(inputs, node), kubernetesService: service, network };
  state.told.forEach((line) => console.log(line));
  return state;
}

/** Of a machine that is gone for good there is no Node. */
function lostState(inputs: Instanced): NodeRegistrationState {
  return { ...inputs, ...nothingSeen };
}

function changesNetwork(olds: NodeRegistrationState, news: NodeRegistrationInputs): boolean {
  return olds.proxyRevision !== news.proxyRevision || olds.podNetwork !== news.podNetwork;
}

function isOtherClaim(before: Claim | undefined, now: Claim | undefined): boolean {
  return before?.id !== now?.id || before?.machineId !== now?.machineId;
}

async function register(
  cluster: ClusterClient,
  inputs: Instanced,
  before: Marks,
  options: { waitForReady: boolean; newHeartbeat: boolean },
): Promise<V1Node> {
  const { nodeName, claim, kubeletVersion, readyTimeoutSeconds: timeoutSeconds } = inputs;
  const kubeletStart = claim && serviceStart(claim.id, "kubelet.service");
  const goal = { nodeName, claim, kubeletVersion, timeoutSeconds, newHeartbeat: options.newHeartbeat, kubeletStart };
  if (options.waitForReady) await waitForReady(cluster, goal);
  const annotations = {
    ...(claim && claimAnnotations(claim)),
    ...networkAnnotations(inputs.podNetwork),
    [registrationAnnotation]: inputs.instance,
  };
  const marks = { ...inputs, annotations };
  const node = await applyMarks(cluster, nodeName, before, marks, (current) => claim && refuseOther(current, claim));
  if (!node) {
    throw new Error(
      `Node ${nodeName} is gone, so its labels and taints cannot be set; run \`up --refresh\`, and where the Node does not ` +
        "come back restart its kubelet: a kubelet registers only when it starts",
    );
  }
  return node;
}

/** @throws Error where the Node is another stack's or another machine's, which may have come between two looks. */
function refuseOther(node: V1Node, claim: Claim): void {
  refuseForeign(node, claim);
  const other = otherMachine(node, claim);
  if (other) throw new Error(`${other}; nothing of it was changed`);
}
