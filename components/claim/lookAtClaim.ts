import { messageOf } from "../../base/errorMessage";
import { without } from "../../base/without";
import { openCluster } from "../../cluster/kubeClient";
import { lookAtNode } from "../../cluster/nodeOwnership";
import { describeConnection } from "../../host/connection";
import { identifyHost } from "../../host/hostOwner";
import { openSessionToRead } from "../../host/session";
import { sealClaim } from "./sealedClaim";
import type { NodeClaimInputs, NodeClaimOutputs } from "./nodeClaim";

/** Whether the host is still held, and its Node there; what cannot be asked is unknown, and is not taken for gone. */
export async function lookAtClaim(
  id: string,
  props: NodeClaimOutputs,
): Promise<{ id: string; props: NodeClaimOutputs; inputs: NodeClaimInputs }> {
  const seen = props.claim.lost === true ? props : { ...props, ...(await look(props)) };
  // The key `__provider`, which the engine adds to all, stays.
  return { id, props: seen, inputs: sealClaim(without(seen, ["claim", "facts"])) };
}

async function look(props: NodeClaimOutputs): Promise<Pick<NodeClaimInputs, "held" | "registered">> {
  const held = await whetherHeld(props);
  return { held, registered: held === "yes" ? await whetherRegistered(props) : props.registered };
}

async function whetherHeld({ connection, claim, held }: NodeClaimOutputs): Promise<string> {
  try {
    const host = await identifyHost(await openSessionToRead(connection));
    if (host.machineId !== claim.machineId)
      return `no, ${describeConnection(connection)} is another machine: ${host.machineId}`;
    if (host.holder === "") return "no, the owner record is gone from the host";
    if (host.claimId !== claim.id) return "no, another claim holds the host";
    if (host.takenFrom !== undefined) return "yes, taken from a resource that has not said that it is gone";
    return held.startsWith("unknown, the last") ? held : "yes";
  } catch (error) {
    return `unknown, ${messageOf(error)}`;
  }
}

async function whetherRegistered({ kubeconfig, nodeName, claim, registered }: NodeClaimOutputs): Promise<boolean> {
  try {
    const finding = await lookAtNode(await openCluster(kubeconfig), nodeName, claim.machineId);
    return finding.is !== "absent";
  } catch (error) {
    console.log(`Node ${nodeName}: unknown, ${messageOf(error)}`);
    return registered;
  }
}
