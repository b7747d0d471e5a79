import type { dynamic } from "@pulumi/pulumi";
import type { V1Node } from "@kubernetes/client-node";
import { NotConfigured } from "../base/configured";
import { ApiCallError } from "./apiCall";
import { claimOnNode } from "./claim";
import { openCluster, type ClusterClient } from "./kubeClient";
import { seenMarks } from "./nodeLabelsAndTaints";
import { without } from "../base/without";
import { readyCondition } from "./nodeReadiness";
import { inputsOf, isRegistered, stateOf, tell } from "./nodeRegistrationState";
import type { NodeRegistrationInputs, NodeRegistrationState } from "./nodeRegistrationState";
import { defaultTiming, type Timing } from "./timing";

/** A refresh that learns nothing loses little, so it does not wait long. */
const lookTiming: Timing = { ...defaultTiming, unreachableMs: 10_000 };

/** How long a server that gave no answer is not asked again: all Nodes of a dead cluster together wait once. */
const silenceMs = 60_000;

/** Clusters that gave no answer. */
const silent = new WeakMap<ClusterClient, { since: number; error: ApiCallError }>();

/**
 * The Node as it is: its kubelet's version, and of labels and taints only those that the state owns. `inputs` as well,
 * so that a difference shows as one of the inputs and the next `up` repairs it; the claim seen on the Node is a difference
 * of the inputs alone, because the state's claim says what may be deleted. What `up` does not repair is told. A Node whose kubelet
 * says that it is not Ready is waited for by the next `up`, which may repair why; of one whose kubelet is silent only the host knows.
 *
 * A Node that is gone gives no id. Where the API server cannot be asked, or refuses the recorded credentials, all stays as
 * recorded and a line of the run says so: the rest of the refresh goes on, and the next `up` can bring new credentials.
 */
export async function read(
  id: string,
  props: NodeRegistrationState,
  timing: Timing = lookTiming,
): Promise<dynamic.ReadResult<NodeRegistrationInputs>> {
  if (props.claim?.lost === true) return { id, props };
  let node: V1Node | undefined;
  try {
    node = await lookAt(id, await openCluster(props.kubeconfig, timing));
  } catch (error) {
    if (!(error instanceof ApiCallError || error instanceof NotConfigured)) throw error;
    console.log(`Node ${id}: what it is like is unknown, and stays as recorded: ${error.message}`);
    const recorded = keptUnfinished(props, props);
    // Without inputs the engine keeps those it has, and with them what an earlier refresh saw.
    return recorded === props ? { id, props } : { id, props: recorded, inputs: inputsOf(recorded) };
  }
  if (!node) return { id: "" };
  const told = tell(node, props);
  told.forEach((line) => console.log(line));
  const marks = { ...seenMarks(node, props), kubeletVersion: node.status?.nodeInfo?.kubeletVersion ?? "" };
  const known = isRegistered(node, props) ? stateOf(props, node) : props;
  const registered = { ...without(known, ["faults"]), ...marks, ...faultsOf(node), told };
  const seen = keptUnfinished(registered, props);
  return {
    id,
    props: seen,
    inputs: { ...inputsOf(seen), ...(props.claim && { claim: { ...props.claim, ...claimOnNode(node) } }) },
  };
}

/** A kubelet that is alive and says that its node is not Ready. */
function faultsOf(node: V1Node): Pick<NodeRegistrationState, "faults"> {
  const ready = readyCondition(node);
  if (ready?.status !== "False") return {};
  return { faults: [`it is not Ready (${ready.reason ?? "no reason"}): ${ready.message ?? "no message"}`] };
}

/** A refresh makes the engine forget that create failed; with another revision the next `up` waits for the Node. */
function keptUnfinished(seen: NodeRegistrationState, recorded: NodeRegistrationState): NodeRegistrationState {
  return recorded.nodeUid === "" ? { ...seen, nodeUid: "", revision: "" } : seen;
}

async function lookAt(id: string, cluster: ClusterClient): Promise<V1Node | undefined> {
  const last = silent.get(cluster);
  if (last && Date.now() - last.since < silenceMs) throw last.error;
  try {
    return await cluster.getNode(id);
  } catch (error) {
    if (error instanceof ApiCallError && error.status === undefined) silent.set(cluster, { since: Date.now(), error });
    throw error;
  }
}
