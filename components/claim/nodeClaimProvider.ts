import { PartialFailure } from "../../base/partialFailure";
import { openCluster } from "../../cluster/kubeClient";
import { retireNode } from "../../cluster/nodeOwnership";
import { describeConnection } from "../../host/connection";
import { confirmGone, identifyHost, releaseScript, restartUnit } from "../../host/hostOwner";
import { removeFromHost } from "../../host/hostChange";
import { openSession } from "../../host/session";
import { ClaimInterrupted, claimHost } from "./claimHost";
import type { NodeClaimInputs, NodeClaimOutputs } from "./nodeClaim";

export { lookAtClaim as read } from "./lookAtClaim";

export async function create(inputs: NodeClaimInputs): Promise<{ id: string; outs: NodeClaimOutputs }> {
  if (inputs.lost) {
    const host = describeConnection(inputs.connection);
    throw new Error(`${host}: is declared lost and is no node of this stack; take it out of the hosts`);
  }
  return { id: inputs.nodeName, outs: { ...inputs, ...(await claimHost(inputs)) } };
}

export async function update(
  id: string,
  olds: NodeClaimOutputs,
  news: NodeClaimInputs,
): Promise<{ outs: NodeClaimOutputs }> {
  if (news.lost) return { outs: await declareLost(olds, news) };
  if (concernsHost(olds) === concernsHost(news)) {
    return { outs: { ...news, claim: olds.claim, facts: olds.facts } };
  }
  try {
    const taken = await claimHost(news, olds);
    if (!olds.registered) await restartServices(news, taken.claim);
    return { outs: { ...news, ...taken } };
  } catch (error) {
    if (!(error instanceof ClaimInterrupted)) throw error;
    // A Node may be gone or a host half given up: whatever the settings say next, it has to be looked at again.
    throw new PartialFailure(error.message, id, { ...olds, held: "unknown, the last change failed" });
  }
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
function concernsHost(inputs: NodeClaimInputs): string {
  const { connection, nodeName, owner, cluster, adopt, lost, held, registered, preflight, clusterCIDR } = inputs;
  const { host, port, hostKey } = connection;
  return JSON.stringify([
    host,
    port,
    hostKey,
    nodeName,
    owner,
    cluster,
    adopt,
    lost,
    held,
    registered,
    preflight,
    clusterCIDR,
  ]);
}

/** The machine is not touched any more; what is left of it is its Node. */
async function declareLost(olds: NodeClaimOutputs, news: NodeClaimInputs): Promise<NodeClaimOutputs> {
  const cluster = await openCluster(news.kubeconfig);
  await retireNode(cluster, { nodeName: olds.nodeName, claim: olds.claim.id }, news.drainTimeoutSeconds);
  return { ...news, claim: { ...olds.claim, lost: true }, facts: olds.facts };
}

/** A kubelet registers only when it starts: its Node was deleted by hand. */
async function restartServices(inputs: NodeClaimInputs, claim: NodeClaimOutputs["claim"]): Promise<void> {
  const session = await openSession(inputs.connection);
  for (const unit of inputs.units) await restartUnit(session, claim, unit);
}
