import type { ClusterClient } from "../../cluster/kubeClient";
import { clusterCa, lookAtNode, nodesOfMachine, podCIDRMismatch } from "../../cluster/nodeOwnership";
import type { NodeFinding, RetiredNode } from "../../cluster/nodeOwnership";
import type { HostIdentity } from "../../host/hostOwner";
import type { ClaimDecision } from "./claimDecision";
import type { NodeClaimInputs, NodeClaimOutputs } from "./nodeClaim";
import { sameCluster } from "./ownerRecord";

/** Refuses settings that are of another cluster than the kubeconfig's. @throws Error */
export async function refuseStrangers(cluster: ClusterClient, inputs: NodeClaimInputs): Promise<void> {
  const fingerprints = clusterCa(inputs.kubeconfig);
  if (fingerprints.length > 0 && !sameCluster(fingerprints, inputs.cluster)) {
    throw new Error(
      "caCertPem has no certificate of the kubeconfig's certificate-authority-data; write both of one cluster",
    );
  }
  const mismatch = await podCIDRMismatch(cluster, inputs.clusterCIDR);
  if (mismatch !== undefined) throw new Error(`clusterCIDR: ${mismatch}`);
}

/** What is known when a claim is about to be carried out. */
export interface Claiming {
  inputs: NodeClaimInputs;
  olds?: NodeClaimOutputs;
  host: HostIdentity;
  decision: ClaimDecision;
}

/**
 * The Nodes that have to go before the host can be its Node: that of the machine that was it until now, and what this machine was.
 *
 * @throws Error where a Node is somebody else's.
 */
export async function nodesToRetire(cluster: ClusterClient, claiming: Claiming): Promise<RetiredNode[]> {
  const { inputs, host, decision } = claiming;
  if (decision.is === "held") return [];
  const { nodeName } = inputs;
  const finding = await lookAtNode(cluster, nodeName, host.machineId);
  const ofOther: RetiredNode[] = [];
  if (finding.is === "other") {
    if (!isOurs(finding, claiming)) throw new Error(otherMachine(nodeName, host, finding));
    ofOther.push({ nodeName, machineId: finding.machineId });
  }
  return [...ofOther, ...(await nodesOfThisMachine(cluster, claiming))];
}

/** A Node of another machine is ours where the state or its owner says so. */
function isOurs(finding: NodeFinding & { is: "other" }, { inputs, olds }: Claiming): boolean {
  if (olds !== undefined && (finding.claim === olds.claim.id || finding.machineId === olds.claim.machineId))
    return true;
  return finding.owner === inputs.owner;
}

async function nodesOfThisMachine(cluster: ClusterClient, claiming: Claiming): Promise<RetiredNode[]> {
  const { inputs, host, decision } = claiming;
  const before = decision.is === "renamed" ? decision.from.nodeName : undefined;
  const names = (await nodesOfMachine(cluster, host.machineId)).filter((name) => name !== inputs.nodeName);
  const foreign = names.filter((name) => name !== before);
  if (foreign.length > 0 && !inputs.adopt) throw new Error(cloned(foreign, claiming));
  return names.map((nodeName) => ({ nodeName, machineId: host.machineId }));
}

function otherMachine(nodeName: string, host: HostIdentity, finding: NodeFinding & { is: "other" }): string {
  const whose = finding.owner === undefined ? "" : `, of stack ${finding.owner}`;
  return (
    `Node ${nodeName} is there already and is machine ${finding.machineId}'s (${finding.ready ? "Ready" : "not Ready"}${whose}), not this ` +
    `host's (${host.machineId}); give this host another name, or, if that machine is gone: kubectl delete node ${nodeName}`
  );
}

function cloned(names: string[], { inputs, host }: Claiming): string {
  return (
    `the host has the machine-id ${host.machineId}, as Node ${names.join(" and Node ")} has: it is that machine, or a copy of it. A copy ` +
    "needs a machine-id of its own: rm /etc/machine-id && systemd-machine-id-setup, then reboot. " +
    `If it is that machine and is to be Node ${inputs.nodeName} from now on, set adopt: true for this host`
  );
}
