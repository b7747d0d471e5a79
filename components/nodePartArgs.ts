import type * as pulumi from "@pulumi/pulumi";
import type { NodeClaimOutputs } from "./claim/nodeClaim";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/** Arguments of the parts of a WorkerNode that change its host. */
export interface NodePartArgs extends CheckedNodeArgs {
  /** The claim that holds the host. */
  claim: pulumi.Input<NodeClaimOutputs["claim"]>;
}
