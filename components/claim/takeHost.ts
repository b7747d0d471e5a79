import { randomBytes } from "node:crypto";
import { messageOf } from "../../base/errorMessage";
import type { ClusterClient } from "../../cluster/kubeClient";
import { annotateNode, retireNode, type RetiredNode } from "../../cluster/nodeOwnership";
import { holderLine, releaseScript, writeOwner } from "../../host/hostOwner";
import type { HostIdentity } from "../../host/hostOwner";
import type { Session } from "../../host/session";
import type { ClaimDecision } from "./claimDecision";
import type { NodeClaimInputs, NodeClaimOutputs } from "./nodeClaim";
import { ownerRecordText, parseOwnerRecord } from "./ownerRecord";
import type { OwnerRecord } from "./ownerRecord";
import type { PreviousMachine } from "./previousMachine";

/** A claim that failed after something had changed: a Node that was drained, a host that was given up. */
export class ClaimInterrupted extends Error {
  override readonly name = "ClaimInterrupted";
  constructor(
    message: string,
    /** What is recorded of it all the same. */
    readonly begun: Taken,
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What is recorded of a claim besides its inputs. */
export type Taken = Pick<NodeClaimOutputs, "claim" | "facts" | "held" | "registered">;

/** What a claim has been told before anything changes. */
export interface Known {
  session: Session;
  host: HostIdentity;
  wanted: OwnerRecord;
  inputs: NodeClaimInputs;
  olds?: NodeClaimOutputs;
}

/** What ends when a host is taken. */
export interface Ending {
  cluster: ClusterClient;
  previous: PreviousMachine;
  retiring: RetiredNode[];
}

/**
 * Makes the host this claim's. Before anything goes it is so as what it was until now; then what ends is ended, then it is what it
 * is to be.
 */
export async function takeHost(known: Known, decision: ClaimDecision, ending: Ending): Promise<Taken> {
  const { session, host, wanted, inputs, olds } = known;
  const claim = { id: randomBytes(12).toString("hex"), machineId: host.machineId, owner: inputs.owner, lost: false };
  const from = takenFrom(host, wanted, olds);
  const isStep = ending.retiring.length > 0 || decision.is === "renamed" || ending.previous.isThere;
  const last = ownerRecordText(wanted);
  await writeOwner(session, host, claim, isStep ? asUntilNow(host, wanted) : last, from);
  const begun = taken(claim, host, olds);
  try {
    await end(known, decision, ending, claim);
    if (isStep) await writeOwner(session, { ...host, holder: holderLine(claim, from) }, claim, last, from);
  } catch (error) {
    throw new ClaimInterrupted(messageOf(error), begun, { cause: error });
  }
  return begun;
}

async function end(known: Known, decision: ClaimDecision, ending: Ending, claim: Taken["claim"]): Promise<void> {
  const { session, host, inputs } = known;
  const { cluster, previous, retiring } = ending;
  for (const node of retiring) await retireNode(cluster, node, inputs.drainTimeoutSeconds);
  if (decision.is === "passed on") await annotateNode(cluster, inputs.nodeName, claim);
  const wasNode = retiring.some(({ machineId }) => machineId === host.machineId);
  if (wasNode || decision.is === "renamed") await giveUpIdentity(session, host, inputs);
  await previous.release();
}

/** A record of what the host is until now, nothing for a host that is nobody's, held by the resource that is to have it. */
function asUntilNow(host: HostIdentity, wanted: OwnerRecord): string {
  const record = parseOwnerRecord(host.record ?? "") ?? { ...wanted, nodeName: "" };
  return ownerRecordText({ ...record, resource: wanted.resource });
}

/** The claim of another resource of this stack that has the host until now; it is noted on the host until it says that it is gone. */
function takenFrom(host: HostIdentity, wanted: OwnerRecord, olds?: NodeClaimOutputs): string | undefined {
  const record = parseOwnerRecord(host.record ?? "");
  if (record?.owner !== wanted.owner) return undefined;
  // A claim of this very resource that no run has recorded has nobody to say that it is gone.
  const isOwn = host.claimId === olds?.claim.id || record.resource === wanted.resource;
  return isOwn ? host.takenFrom : host.claimId;
}

/** A host that is held; its facts are those of the last preflight. */
export function taken(claim: Taken["claim"], host: HostIdentity, olds?: NodeClaimOutputs): Taken {
  return { claim, facts: host.facts === "" ? (olds?.facts ?? "") : host.facts, held: "yes", registered: true };
}

/** Stops what the host is until now; its files stay, and are those of the next claim. */
async function giveUpIdentity(session: Session, host: HostIdentity, inputs: NodeClaimInputs): Promise<void> {
  const { units, cleanups } = inputs;
  const script = releaseScript({ units, cleanups, all: false });
  await session.mustRun(
    `ending what the host was (${host.holder === "" ? "a node of others" : "another node"})`,
    script,
  );
}
