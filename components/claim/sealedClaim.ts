import { digestOf, digestOfValue, kept, seal, sealValue, unseal, unsealValue } from "../../base/sealed";
import { keptConnection, sealConnection, unsealConnection } from "../../host/connection";
import type { NodeClaimInputs } from "./nodeClaim";

/**
 * A claim's inputs as the state has them. What all that runs without a program reads is in the outputs: the clean-ups whole, of
 * connection and kubeconfig what `kept` makes of them.
 */
export function sealClaim(inputs: NodeClaimInputs): NodeClaimInputs {
  return {
    ...inputs,
    connection: sealConnection(inputs.connection),
    kubeconfig: seal(inputs.kubeconfig),
    resource: seal(inputs.resource),
    preflight: sealValue(inputs.preflight),
    cleanups: sealValue(inputs.cleanups),
  };
}

/** The inputs of {@link sealClaim}. */
export function unsealClaim(inputs: NodeClaimInputs): NodeClaimInputs {
  return {
    ...inputs,
    connection: unsealConnection(inputs.connection),
    kubeconfig: unseal(inputs.kubeconfig),
    resource: unseal(inputs.resource),
    preflight: unsealValue(inputs.preflight),
    cleanups: unsealValue(inputs.cleanups),
  };
}

/** What the outputs say of the inputs: whether preflight and resource are other ones is told by their digests. */
export function claimRecord<Inputs extends NodeClaimInputs>(inputs: Inputs): Inputs {
  return {
    ...inputs,
    connection: keptConnection(inputs.connection),
    kubeconfig: kept(inputs.kubeconfig),
    resource: digestOf(inputs.resource),
    preflight: digestOfValue(inputs.preflight),
  };
}
