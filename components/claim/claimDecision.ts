import { sameCluster } from "./ownerRecord";
import type { OwnerRecord } from "./ownerRecord";

/** What is known of a host before anything on it changes. */
export interface ClaimSituation {
  /** What the host's record is to say. */
  wanted: OwnerRecord;
  /** Whether a host of others may be taken over. */
  adopt: boolean;
  /** Claim that the state has, if any. */
  mine?: string;
  /** Claim in the host's record, if there is one. */
  holder?: string;
  /** The host's record; undefined with a holder where it cannot be read. */
  record?: OwnerRecord;
}

/** What is to be done about the ownership of a host. */
export type ClaimDecision =
  /** The host is nobody's. */
  | { is: "free" }
  /** The host is ours; `same` where its record says already what it is to say. */
  | { is: "held"; same: boolean }
  /** The same node of the same stack, of another resource: nothing on the host has to change. */
  | { is: "passed on" }
  /** The host is another node until now. */
  | { is: "renamed"; from: OwnerRecord }
  /** Nothing may change. */
  | { is: "refused"; why: string };

/**
 * Decides by what the host's record says. Pure, so that every case is a line of a table in its test.
 *
 * A machine is given another name only by one who reaches it as its record says, by address or key: else the same machine is
 * listed twice, or is a copy of the other one.
 */
export function decideClaim(situation: ClaimSituation): ClaimDecision {
  const { wanted, adopt, mine, holder, record } = situation;
  if (holder === undefined) return { is: "free" };
  if (record === undefined) {
    return adopt ? { is: "free" } : refused(`its owner record cannot be read; ${adoptFix}`);
  }
  if (record.machineId !== wanted.machineId)
    return adopt ? { is: "renamed", from: record } : refused(copied(situation, record));
  if (!sameCluster(record.cluster, wanted.cluster)) return refused(otherCluster(record));
  if (mine !== undefined && holder === mine) return heldBy(record, wanted);
  if (record.owner !== wanted.owner && !adopt) return refused(otherStack(record));
  if (record.nodeName === wanted.nodeName) return { is: "passed on" };
  const reachedAsBefore = record.address === wanted.address || record.hostKey === wanted.hostKey;
  return reachedAsBefore || adopt ? { is: "renamed", from: record } : refused(listedTwice(record));
}

const adoptFix = "if the machine is to be taken over all the same, set adopt: true for this host";

function refused(why: string): ClaimDecision {
  return { is: "refused", why };
}

function heldBy(record: OwnerRecord, wanted: OwnerRecord): ClaimDecision {
  if (record.nodeName !== wanted.nodeName) return { is: "renamed", from: record };
  return { is: "held", same: JSON.stringify(record) === JSON.stringify(wanted) };
}

function copied({ wanted }: ClaimSituation, record: OwnerRecord): string {
  return (
    `it carries the owner record of machine ${record.machineId} (Node ${record.nodeName}), and is machine ${wanted.machineId}: its ` +
    `disk was copied from that machine, or it was given a new /etc/machine-id; ${adoptFix}`
  );
}

function otherCluster({ nodeName, owner }: OwnerRecord): string {
  return (
    `it is Node ${nodeName} of another cluster (stack ${owner}): no CA certificate of that one is in caCertPem; take it out of that ` +
    `stack first, or, where the CA of this cluster is changed, write a bundle of the old and the new one first`
  );
}

function otherStack({ nodeName, owner }: OwnerRecord): string {
  return `it is Node ${nodeName} of stack ${owner}; take it out of that stack first, or, ${adoptFix}`;
}

function listedTwice({ nodeName, address }: OwnerRecord): string {
  return (
    `it is Node ${nodeName} already, which is reached at ${address}: one machine is listed twice, or this one is a copy of the other; ` +
    `list it once, or, ${adoptFix}`
  );
}
