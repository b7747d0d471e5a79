import type { V1Node } from "@kubernetes/client-node";

/** Who holds a host, and so its Node: what NodeClaim wrote into the host's owner record. */
export interface Claim {
  /** Random, another one for each claim. */
  id: string;
  /** Content of the host's /etc/machine-id; the Node reports it as status.nodeInfo.machineID. */
  machineId: string;
  /** Stack that holds the host. @example "organization/project/stack" */
  owner: string;
  /** The machine is gone for good. @default false */
  lost?: boolean;
}

/** Annotation of a Node: id of the claim that it belongs to. */
export const claimAnnotation = "kubernetes-worker-nodes/claim";

/** Annotation of a Node: stack that it belongs to. */
export const ownerAnnotation = "kubernetes-worker-nodes/owner";

/** Annotation of a Node: resource of the program that registered it last. */
export const registrationAnnotation = "kubernetes-worker-nodes/registration";

/** A Node is held by another stack; nothing was changed. */
export class ForeignNodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ForeignNodeError";
  }
}

/** The annotations of a claim's Node. */
export function claimAnnotations({ id, owner }: Claim): Record<string, string> {
  return { [claimAnnotation]: id, [ownerAnnotation]: owner };
}

/** What a Node says about its claim; empty where it says nothing. */
export function claimOnNode(node: V1Node): Claim {
  const annotations = node.metadata?.annotations ?? {};
  return {
    id: annotations[claimAnnotation] ?? "",
    machineId: machineOf(node),
    owner: annotations[ownerAnnotation] ?? "",
  };
}

/** machine-id of the host whose kubelet keeps the Node; empty where it reports none. */
export function machineOf(node: V1Node): string {
  return node.status?.nodeInfo?.machineID ?? "";
}

/** Whether the Node is kept by the kubelet of this machine. No machine has an empty id. */
export function isOfMachine(node: V1Node, machineId: string): boolean {
  return machineId !== "" && machineOf(node) === machineId;
}

/** `Node a is there, but it is machine 1f...'s, not this host's`; undefined where it is this host's. */
export function otherMachine(node: V1Node, claim: Claim): string | undefined {
  if (isOfMachine(node, claim.machineId)) return undefined;
  const machine = machineOf(node) || "of unknown id";
  return `Node ${node.metadata?.name ?? ""} is there, but it is machine ${machine}'s, not this host's`;
}

/** `it is machine 1f...'s, held by stack org/project/other (claim 5c...)` */
export function describeHolder(node: V1Node): string {
  const { id, owner } = claimOnNode(node);
  const holder = id === "" ? "" : `, held by stack ${owner || "of unknown name"} (claim ${id})`;
  return `it is machine ${machineOf(node) || "of unknown id"}'s${holder}`;
}

/**
 * A claim of the same id is ours whatever stack it names: a stack may have been renamed.
 *
 * @throws ForeignNodeError where another stack holds the Node.
 */
export function refuseForeign(node: V1Node, claim: Claim): void {
  const { id, owner } = claimOnNode(node);
  if (owner === "" || owner === claim.owner || id === claim.id) return;
  throw new ForeignNodeError(
    `Node ${node.metadata?.name ?? ""} belongs to stack ${owner}; give this host another name, or take it out of that stack`,
  );
}
