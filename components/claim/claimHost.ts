import { randomBytes } from "node:crypto";
import { openCluster } from "../../cluster/kubeClient";
import { annotateNode, retireNode } from "../../cluster/nodeOwnership";
import { describeConnection } from "../../host/connection";
import { holderLine, identifyHost, releaseScript, writeOwner } from "../../host/hostOwner";
import type { HostIdentity } from "../../host/hostOwner";
import { heldByAnother } from "../../host/remoteScript";
import { openSession, ScriptFailure } from "../../host/session";
import type { Session } from "../../host/session";
import { decideClaim } from "./claimDecision";
import type { ClaimDecision } from "./claimDecision";
import type { NodeClaimInputs, NodeClaimOutputs } from "./nodeClaim";
import { addressOf, ownerRecordText, parseOwnerRecord } from "./ownerRecord";
import type { OwnerRecord } from "./ownerRecord";
import { previousMachine } from "./previousMachine";
import { nodesToRetire, refuseStrangers } from "./nodesToRetire";

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

type Taken = Pick<NodeClaimOutputs, "claim" | "facts" | "held" | "registered">;

/**
 * Makes a host the claim's, and ends what it or its Node was before. Everything is looked at, and refused where it has to be, before
 * anything changes.
 *
 * @param olds what the state knows of the claim, where there is one.
 * @throws ClaimInterrupted where it failed in between; the next run goes on from there.
 */
export async function claimHost(inputs: NodeClaimInputs, olds?: NodeClaimOutputs): Promise<Taken> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await claimOnce(inputs, olds);
    } catch (error) {
      // Hosts that exchange names take each other's: what the other claim has left is looked at anew.
      const cause = error instanceof ClaimInterrupted ? error.cause : error;
      const wasTaken = cause instanceof ScriptFailure && cause.code === heldByAnother;
      if (!wasTaken || attempt >= attempts) throw error;
    }
  }
}

const attempts = 3;

async function claimOnce(inputs: NodeClaimInputs, olds?: NodeClaimOutputs): Promise<Taken> {
  const session = await openSession(inputs.connection);
  const { adopt } = inputs;
  const ours = olds?.claim.machineId;
  const host = await identifyHost(session, {
    adopt,
    ours,
    ...(isToInspect(inputs, olds) ? { preflight: inputs.preflight } : {}),
  });
  const wanted = wantedRecord(inputs, host.machineId);
  const decision = decide(inputs, host, wanted, olds);
  const cluster = await openCluster(inputs.kubeconfig);
  await refuseStrangers(cluster, inputs);
  const previous = await previousMachine(host, inputs, olds);
  const retiring = await nodesToRetire(cluster, { inputs, olds, host, decision });
  if (decision.is === "held") {
    const claim = { id: host.claimId ?? "", machineId: host.machineId, owner: inputs.owner, lost: false };
    // What it was taken from stays noted until that is gone, or a refresh has shown that nobody is left to say so.
    const from = olds?.held.startsWith("yes, taken") === true ? undefined : host.takenFrom;
    if (!decision.same || from !== host.takenFrom)
      await writeOwner(session, host, claim, ownerRecordText(wanted), from);
    return taken(claim, host, olds);
  }
  const claim = { id: randomBytes(12).toString("hex"), machineId: host.machineId, owner: inputs.owner, lost: false };
  const from = takenFrom(host, wanted, olds);
  // Before anything goes the host is this claim's, as what it was until now; then what ends is ended, then it is what it is to be.
  const isStep = retiring.length > 0 || decision.is === "renamed" || previous.isThere;
  const first = isStep ? asUntilNow(host, wanted) : ownerRecordText(wanted);
  await writeOwner(session, host, claim, first, from);
  const begun = taken(claim, host, olds);
  try {
    for (const node of retiring) await retireNode(cluster, node, inputs.drainTimeoutSeconds);
    if (decision.is === "passed on") await annotateNode(cluster, inputs.nodeName, claim);
    if (retiring.some(({ machineId }) => machineId === host.machineId) || decision.is === "renamed") {
      await giveUpIdentity(session, host, inputs);
    }
    await previous.release();
    if (isStep)
      await writeOwner(session, { ...host, holder: holderLine(claim, from) }, claim, ownerRecordText(wanted), from);
  } catch (error) {
    throw new ClaimInterrupted(error instanceof Error ? error.message : String(error), begun, { cause: error });
  }
  return begun;
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

function taken(claim: Taken["claim"], host: HostIdentity, olds?: NodeClaimOutputs): Taken {
  return { claim, facts: host.facts === "" ? (olds?.facts ?? "") : host.facts, held: "yes", registered: true };
}

/** A host that is held and reached as before is not refused for what has become of it since. */
function isToInspect(inputs: NodeClaimInputs, olds: NodeClaimOutputs | undefined): boolean {
  if (olds === undefined || olds.held !== "yes" || olds.lost) return true;
  const ofHost = ({ connection, preflight }: NodeClaimInputs): string =>
    JSON.stringify([addressOf(connection), preflight]);
  return ofHost(olds) !== ofHost(inputs);
}

function wantedRecord(inputs: NodeClaimInputs, machineId: string): OwnerRecord {
  const { owner, resource, nodeName, cluster, connection } = inputs;
  return { owner, resource, nodeName, cluster, address: addressOf(connection), hostKey: connection.hostKey, machineId };
}

function decide(
  inputs: NodeClaimInputs,
  host: HostIdentity,
  wanted: OwnerRecord,
  olds: NodeClaimOutputs | undefined,
): ClaimDecision {
  const record = host.record === undefined ? undefined : parseOwnerRecord(host.record);
  const decision = decideClaim({ wanted, adopt: inputs.adopt, mine: olds?.claim.id, holder: host.claimId, record });
  if (decision.is !== "refused") return decision;
  throw new Error(`${describeConnection(inputs.connection)}: cannot become Node ${inputs.nodeName}: ${decision.why}`);
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
