import { messageOf } from "../../base/errorMessage";
import { describeConnection } from "../../host/connection";
import { confirmGone, identifyHost, releaseScript } from "../../host/hostOwner";
import type { HostIdentity } from "../../host/hostOwner";
import { heldByAnother } from "../../host/remoteScript";
import { openSession, ScriptFailure } from "../../host/session";
import type { Session } from "../../host/session";
import type { NodeClaimInputs, NodeClaimOutputs } from "./nodeClaim";
import { addressOf } from "./ownerRecord";

/** The machine that was the node until now, where it is not the one that is to be it. */
export interface PreviousMachine {
  /** Whether there is one that is still to be given up. */
  isThere: boolean;
  /** Takes everything of ours from it; does nothing where there is none, or it is another claim's by now. */
  release(): Promise<void>;
}

const none: PreviousMachine = { isThere: false, release: () => Promise.resolve() };

/**
 * Finds the machine that a claim leaves, by the connection it was reached by. Behind an address that stays, the machine was
 * reinstalled or exchanged: there is nothing left to reach.
 *
 * @throws Error where it does not answer: it would go on running as this Node.
 */
export async function previousMachine(
  host: HostIdentity,
  inputs: NodeClaimInputs,
  olds: NodeClaimOutputs | undefined,
): Promise<PreviousMachine> {
  if (olds === undefined || olds.lost || olds.claim.machineId === host.machineId) return none;
  const { claim, connection, units, cleanups, nodeName } = olds;
  if (addressOf(connection) === addressOf(inputs.connection)) {
    console.log(
      `Node ${nodeName}: ${describeConnection(connection)} was machine ${claim.machineId} and is ${host.machineId} now: ` +
        "reinstalled or exchanged; everything is done anew",
    );
    return none;
  }
  const session = await openSession(connection).catch((error: unknown) => {
    throw new Error(silentMessage(olds, error), { cause: error });
  });
  const seen = await identifyHost(session);
  if (seen.takenFrom === claim.id) return { isThere: true, release: () => confirmGone(session, claim.id) };
  if (seen.machineId !== claim.machineId || seen.claimId !== claim.id) return none;
  const script = releaseScript({ claim, units, cleanups, all: true });
  const purpose = `giving up ${describeConnection(connection)}, which was Node ${nodeName}`;
  return { isThere: true, release: () => releaseUnlessTaken(session, purpose, script, claim.id) };
}

/** Another claim of the same run may have taken the machine since it was looked at. */
async function releaseUnlessTaken(session: Session, purpose: string, script: string, claimId: string): Promise<void> {
  try {
    await session.mustRun(purpose, script);
  } catch (error) {
    if (!(error instanceof ScriptFailure) || error.code !== heldByAnother) throw error;
    await confirmGone(session, claimId);
  }
}

function silentMessage({ nodeName, connection }: NodeClaimOutputs, error: unknown): string {
  return (
    `Node ${nodeName} is the machine at ${describeConnection(connection)} until now, and it does not answer: it would go on as this ` +
    `Node (${messageOf(error)}). Bring it up; or, if it is gone for good, set lost: true for the ` +
    "host with its old address, run `pulumi up`, and then set the new address without it"
  );
}
