import type { V1Node } from "@kubernetes/client-node";
import { seal } from "../base/sealed";
import { without } from "../base/without";
import { claimOnNode, isOfMachine, otherMachine, registrationAnnotation, type Claim } from "./claim";
import type { NodeNetwork } from "./networkFacts";
import type { NodeTaint } from "./nodeLabelsAndTaints";

/** Resolved inputs of a NodeRegistration, as the engine hands them to a provider; the units are those of its args. */
export interface NodeRegistrationInputs {
  kubeconfig: string;
  nodeName: string;
  /** Missing in a state of before there were claims. */
  claim?: Claim;
  kubeletVersion: string;
  revision: string;
  /** Missing in a state of before it was there. */
  proxyRevision?: string;
  /** Missing in a state of before it was there. */
  podNetwork?: string;
  labels: Record<string, string>;
  taints: NodeTaint[];
  readyTimeoutSeconds: number;
  drainTimeoutSeconds: number;
  /** What is wrong with the Node besides the above, in words. Only a refresh ever says so; the program gives none. */
  faults?: string[];
}

/** What a NodeRegistration records of its Node. */
export interface NodeRegistrationOutputs {
  podCIDRs: string[];
  /** Empty: the Node has never been seen Ready by us. */
  nodeUid: string;
  /** What was seen on the Node and is not repaired, one sentence each. */
  told: string[];
  /** The Service `kubernetes` when the Node was last registered, as `kubernetesService` says it. */
  kubernetesService?: string;
  /** What its verification is told. Missing in a state of before it was there. */
  network?: NodeNetwork;
  /** Which resource of the program it is, as the Node says too; random. Missing in a state of before there were any. */
  instance?: string;
}

/** State of a NodeRegistration. Its claim is always the one that was registered, never one that was seen on a Node. */
export interface NodeRegistrationState extends NodeRegistrationInputs, NodeRegistrationOutputs {}

/** Keys of {@link NodeRegistrationOutputs}. */
const outputs = ["podCIDRs", "nodeUid", "told", "kubernetesService", "network", "instance"] as const;

/** Without the outputs, and the kubeconfig sealed; the key `__provider`, which the engine adds to all, stays. */
export function inputsOf(state: NodeRegistrationState): NodeRegistrationInputs {
  return { ...without(state, outputs), kubeconfig: seal(state.kubeconfig) };
}

/** The state of a registration whose Node is `node`. */
export function stateOf(
  inputs: NodeRegistrationInputs & Partial<NodeRegistrationOutputs>,
  node: V1Node,
): NodeRegistrationState {
  const { uid: nodeUid = "" } = node.metadata ?? {};
  return { ...inputs, podCIDRs: node.spec?.podCIDRs ?? [], nodeUid, told: tell(node, { ...inputs, nodeUid }) };
}

/**
 * Whether a Node is the registered one: it carries no other claim or registration, and is the object recorded or kept by the claim's machine. The
 * claim on it alone does not make it ours, as annotations can be copied.
 */
export function isRegistered(node: V1Node, { claim, nodeUid, instance }: NodeRegistrationState): boolean {
  const { id } = claimOnNode(node);
  if (id !== "" && id !== claim?.id) return false;
  // One that was made anew under the same claim, say under another name in the program, has taken it over.
  const registration = node.metadata?.annotations?.[registrationAnnotation];
  if (registration !== undefined && registration !== instance) return false;
  const isRecorded = nodeUid !== "" && node.metadata?.uid === nodeUid;
  return isRecorded || (claim !== undefined && isOfMachine(node, claim.machineId));
}

/** What is to be known of a Node and is not repaired, one sentence each. */
export function tell(node: V1Node, registered: NodeRegistrationInputs & { nodeUid: string }): string[] {
  const { claim, nodeUid } = registered;
  const { name = "", uid = "" } = node.metadata ?? {};
  const seen = claimOnNode(node);
  const told: string[] = [];
  if (node.spec?.unschedulable === true) told.push(`Node ${name} is cordoned`);
  if (nodeUid !== "" && uid !== nodeUid) {
    told.push(`Node ${name} is another object than the one recorded: its uid is ${uid}, ${nodeUid} is recorded`);
  }
  const other = claim && otherMachine(node, claim);
  if (other) told.push(other);
  if (claim && seen.id !== claim.id && seen.owner !== "" && seen.owner !== claim.owner) {
    told.push(`Node ${name} belongs to stack ${seen.owner}`);
  }
  return told;
}
