import type { Script } from "../base/script";
import type { ClaimReference } from "./claim";
import { remoteScript } from "./remoteScript";
import type { Session } from "./session";
import { reported } from "./hostChange";

/** Names this resource's scripts on a host. */
const name = "claim";

/** What a host says of itself. */
export interface HostIdentity {
  /** Content of /etc/machine-id. */
  machineId: string;
  /** First line of the owner record: claim, machine, and the claim it was taken from until that is gone; "" where there is no record. */
  holder: string;
  /** First word of it. */
  claimId?: string;
  /** Third word of it. */
  takenFrom?: string;
  /** The rest of the owner record, as it was written; undefined where there is none. */
  record?: string;
  /** What the preflight printed. */
  facts: string;
}

export interface HostInspection {
  /** Refuses a host that cannot become what it is to be; left out to look only. */
  preflight?: Script;
  /** Whether a host of others may be taken over. @default false */
  adopt?: boolean;
  /** machine-id of the machine that is ours although its record may be lost. */
  ours?: string;
}

/** Who the host is and whose; one round trip. @throws ScriptFailure with every problem of the preflight. */
export async function identifyHost(session: Session, inspection: HostInspection = {}): Promise<HostIdentity> {
  const { preflight, adopt = false, ours = "" } = inspection;
  const values = { adopt, ours, inspect: preflight !== undefined };
  const script = remoteScript({ name, file: "claimLook", values, functions: { preflight } });
  const purpose = "looking at the host";
  // What a preflight refuses is told as it says it.
  const report = await (preflight === undefined ? session.look(purpose, script) : session.mustRun(purpose, script));
  const [machineId = ""] = reported(report, "machine");
  const [encoded] = reported(report, "owner");
  const facts = report.replace(/^(machine|owner)\|.*\n/gm, "").trim();
  if (encoded === undefined) return { machineId, holder: "", facts };
  const [holder = "", ...rest] = Buffer.from(encoded, "base64").toString().split("\n");
  const [claimId, , takenFrom] = holder.split(" ");
  return { machineId, holder, claimId, takenFrom, record: rest.join("\n"), facts };
}

/**
 * Makes the host the claim's, unless another one has taken it since it was looked at.
 *
 * @param takenFrom claim of another resource, which is noted until that one says that it is gone.
 */
export async function writeOwner(
  session: Session,
  before: HostIdentity,
  claim: ClaimReference,
  record: string,
  takenFrom?: string,
): Promise<void> {
  const text = `${holderLine(claim, takenFrom)}\n${record}`;
  const values = { before: before.holder, record: Buffer.from(text).toString("base64") };
  await session.mustRun("claiming the host", remoteScript({ name, file: "claimWrite", values }));
}

/** First line of an owner record. */
export function holderLine(claim: ClaimReference, takenFrom?: string): string {
  return [claim.id, claim.machineId, ...(takenFrom === undefined ? [] : [takenFrom])].join(" ");
}

/** Says that a claim is gone, from which another one took the host. */
export async function confirmGone(session: Session, gone: string): Promise<void> {
  const script = remoteScript({ name, file: "claimConfirm", values: { gone } });
  await session.mustRun("passing the host on", script);
}

/** How a host is given up. */
export interface HostRelease {
  /** Claim that has to hold the host; any where it is left out. */
  claim?: ClaimReference;
  /** Units of ours. */
  units: string[];
  /** Clean-ups after them, in this order. */
  cleanups: readonly Script[];
  /** Whether files and record go too, or stay for the next claim. */
  all: boolean;
}

/** The script that gives a host up. */
export function releaseScript({ claim, units, cleanups, all }: HostRelease): string {
  const functions = { cleanup: cleanups };
  return remoteScript({ name, claim, file: "claimRelease", values: { units, all }, functions });
}

/** Restarts a unit where it runs, after `before`. */
export async function restartUnit(
  session: Session,
  claim: ClaimReference,
  unit: string,
  before?: Script,
): Promise<void> {
  const script = remoteScript({ name, claim, file: "serviceRestart", values: { unit }, functions: { before } });
  await session.mustRun(`restarting ${unit}`, script);
}
