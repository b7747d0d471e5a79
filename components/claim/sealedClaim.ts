import { seal, unseal } from "../../base/sealed";
import { sealHost, unsealHost } from "../../host/hostChange";
import type { NodeClaimInputs } from "./nodeClaim";

/** A claim's inputs as the state has them: connection and kubeconfig stand whole in the outputs, which all that runs without a program reads. */
export function sealClaim(inputs: NodeClaimInputs): NodeClaimInputs {
  return { ...sealHost(inputs), kubeconfig: seal(inputs.kubeconfig) };
}

/** The inputs of {@link sealClaim}. */
export function unsealClaim(inputs: NodeClaimInputs): NodeClaimInputs {
  return { ...unsealHost(inputs), kubeconfig: unseal(inputs.kubeconfig) };
}
