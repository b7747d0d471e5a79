import { digestOfValue } from "../../base/sealed";
import { openCluster } from "../../cluster/kubeClient";
import { describeConnection } from "../../host/connection";
import { identifyHost, writeOwner } from "../../host/hostOwner";
import type { HostIdentity } from "../../host/hostOwner";
import { heldByAnother } from "../../host/remoteScript";
import { openSession, ScriptFailure } from "../../host/session";
import { decideClaim } from "./claimDecision";
import type { ClaimDecision } from "./claimDecision";
import type { NodeClaimInputs, NodeClaimOutputs } from "./nodeClaim";
import { nodesToRetire, refuseStrangers } from "./nodesToRetire";
import { addressOf, ownerRecordText, parseOwnerRecord } from "./ownerRecord";
import type { OwnerRecord } from "./ownerRecord";
import { previousMachine } from "./previousMachine";
import { ClaimInterrupted, taken, takeHost } from "./takeHost";
import type { Known, Taken } from "./takeHost";

/** Times that a host is looked at, where other claims of the run change it meanwhile. */
const attempts = 3;

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
  const known: Known = { session, host, wanted, inputs, olds };
  if (decision.is === "held") return keep(known, decision.same);
  return takeHost(known, decision, { cluster, previous, retiring });
}

/** A host that is ours stays so; only its record may have to say something else. */
async function keep({ session, host, wanted, inputs, olds }: Known, same: boolean): Promise<Taken> {
  const claim = { id: host.claimId ?? "", machineId: host.machineId, owner: inputs.owner, lost: false };
  // What it was taken from stays noted until that is gone, or a refresh has shown that nobody is left to say so.
  const from = olds?.held.startsWith("yes, taken") === true ? undefined : host.takenFrom;
  if (!same || from !== host.takenFrom) await writeOwner(session, host, claim, ownerRecordText(wanted), from);
  return taken(claim, host, olds);
}

/** A host that is held and reached as before is not refused for what has become of it since. */
function isToInspect(inputs: NodeClaimInputs, olds: NodeClaimOutputs | undefined): boolean {
  if (olds === undefined || olds.held !== "yes" || olds.lost) return true;
  const ofHost = ({ connection, preflight }: NodeClaimInputs): string =>
    JSON.stringify([addressOf(connection), digestOfValue(preflight)]);
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
