import { messageOf } from "../../base/errorMessage";
import { PartialFailure } from "../../base/partialFailure";
import { openCluster } from "../../cluster/kubeClient";
import { retireNode } from "../../cluster/nodeOwnership";
import { describeConnection } from "../../host/connection";
import { forgetRanges } from "../../render/cleanupScripts";
import { confirmGone, identifyHost, releaseScript, restartUnit } from "../../host/hostOwner";
import { removeFromHost } from "../../host/hostChange";
import { openSession } from "../../host/session";
import { claimHost } from "./claimHost";
import type { NodeClaimInputs, NodeClaimOutputs } from "./nodeClaim";
import { claimRecord, sealClaim, unsealClaim } from "./sealedClaim";
import { ClaimInterrupted, type Taken } from "./takeHost";

export { configure } from "../../base/configured";
export { lookAtClaim as read } from "./lookAtClaim";

export function check(_olds: NodeClaimOutputs, news: NodeClaimInputs): Promise<{ inputs: NodeClaimInputs }> {
  return Promise.resolve({ inputs: sealClaim(news) });
}

export async function create(given: NodeClaimInputs): Promise<{ id: string; outs: NodeClaimOutputs }> {
  const inputs = unsealClaim(given);
  if (inputs.lost) {
    const host = describeConnection(inputs.connection);
    throw new Error(`${host}: is declared lost and is no node of this stack; take it out of the hosts`);
  }
  const id = inputs.nodeName;
  try {
    return { id, outs: { ...claimRecord(inputs), ...(await claimHost(inputs)) } };
  } catch (error) {
    throw interrupted(id, inputs, error);
  }
}

export async function update(
  id: string,
  olds: NodeClaimOutputs,
  given: NodeClaimInputs,
): Promise<{ outs: NodeClaimOutputs }> {
  const news = unsealClaim(given);
  if (news.lost) return { outs: await declareLost(olds, news) };
  if (concernsHost(olds) === concernsHost(news)) {
    return { outs: { ...claimRecord(news), claim: olds.claim, facts: olds.facts } };
  }
  try {
    const taken = await claimHost(news, olds);
    if (!olds.registered || olds.claim.lost === true) await restartServices(news, taken);
    return { outs: { ...claimRecord(news), ...taken } };
  } catch (error) {
    throw interrupted(id, news, error, olds);
  }
}

/** A Node may be gone or a host half given up: whatever the settings say next, it has to be looked at again. */
function interrupted(id: string, inputs: NodeClaimInputs, error: unknown, olds?: NodeClaimOutputs): unknown {
  if (!(error instanceof ClaimInterrupted)) return error;
  const { begun, message } = error;
  // A machine that is to be left is known by what is recorded of it.
  const isMove = olds !== undefined && olds.claim.machineId !== begun.claim.machineId;
  const known = isMove ? olds : { ...claimRecord(inputs), ...begun };
  return new PartialFailure(message, id, { ...known, held: "unknown, the last change failed" });
}

async function remove(_id: string, props: NodeClaimOutputs): Promise<void> {
  const { claim, units, connection } = props;
  if (!claim.lost) {
    const session = await openSession(connection);
    if ((await identifyHost(session)).takenFrom === claim.id) await confirmGone(session, claim.id);
  }
  await removeFromHost(props, "giving the host up", releaseScript({ claim, units, cleanups: [], all: true }));
}

export { remove as delete };

/** Everything that the host or its Node has to do with; the rest is only recorded. */
function concernsHost(given: NodeClaimInputs): string {
  const inputs = claimRecord(given);
  const { host, port, hostKey } = inputs.connection;
  const { nodeName, owner, resource, cluster, adopt, lost, held, registered, preflight, clusterCIDR } = inputs;
  const ofNode = { nodeName, owner, resource, cluster, adopt, lost, held, registered, preflight, clusterCIDR };
  return JSON.stringify({ host, port, hostKey, ...ofNode });
}

/** The machine is not touched any more; what is left of it is its Node. */
async function declareLost(olds: NodeClaimOutputs, news: NodeClaimInputs): Promise<NodeClaimOutputs> {
  const cluster = await openCluster(news.kubeconfig);
  await retireNode(
    cluster,
    { nodeName: olds.nodeName, claim: olds.claim.id, machineId: olds.claim.machineId },
    news.drainTimeoutSeconds,
  );
  return { ...claimRecord(news), claim: { ...olds.claim, lost: true }, facts: olds.facts };
}

/** A kubelet registers only when it starts: its Node was deleted by hand. The Node that comes has other ranges for its pods. */
async function restartServices(inputs: NodeClaimInputs, taken: Taken): Promise<void> {
  try {
    const session = await openSession(inputs.connection);
    for (const unit of inputs.units) await restartUnit(session, taken.claim, unit, forgetRanges());
  } catch (error) {
    const message = messageOf(error);
    throw new ClaimInterrupted(message, { ...taken, registered: false }, { cause: error });
  }
}
