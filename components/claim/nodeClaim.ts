import * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../base/dynamicResource";
import type { Script } from "../../base/script";
import type { ClaimReference } from "../../host/claim";
import { connectionInput } from "../../host/connection";
import type { Connection } from "../../host/connection";

/** Inputs of {@link NodeClaim}, as the provider sees them. */
export interface NodeClaimInputs {
  /** SSH connection to the host. A new key, port, address or name of the same machine is recorded, and changes nothing else. */
  connection: Connection;
  /** Name of the Node that the host is to be. */
  nodeName: string;
  /** organization/project/stack that holds the host. */
  owner: string;
  /** This resource, by its parent's URN and its name: what another one takes over is known by it. */
  resource: string;
  /** Hex SHA-256 fingerprints of the cluster's CA certificates. */
  cluster: string[];
  /** Range of all pods of the cluster. */
  clusterCIDR: string;
  /** kubeconfig of a user that may drain and delete Nodes. Secret. */
  kubeconfig: string;
  /** Refuses a host that cannot become a node, before anything on it changes. */
  preflight: Script;
  /** Units of ours, in the order in which they are stopped. */
  units: string[];
  /** Clean-ups after them, in the order in which they run. */
  cleanups: Script[];
  /** Whether a machine that others made a node of this cluster may be taken over. */
  adopt: boolean;
  /** Whether the machine is gone for good: then it is never touched again. */
  lost: boolean;
  /** Seconds to drain for before a Node is deleted. */
  drainTimeoutSeconds: number;
  /** "yes"; after a refresh, else why the host is not held any more. */
  held: string;
  /** Whether the Node of a kubelet that runs is there; false only after a refresh, then the kubelet is restarted. */
  registered: boolean;
}

/** What the provider remembers beside its inputs. */
export interface NodeClaimOutputs extends NodeClaimInputs {
  /** The claim, for all other resources of the host. */
  claim: ClaimReference & { owner: string };
  /** One line about the host: system, kernel, architecture, container runtime. */
  facts: string;
}

/** Arguments of {@link NodeClaim}; see {@link NodeClaimInputs} for each field. */
export type NodeClaimArgs = {
  [K in keyof Omit<NodeClaimInputs, "held" | "registered" | "resource">]: pulumi.Input<NodeClaimInputs[K]>;
};

/**
 * A host's ownership: the first resource of a node, and the last one to go. It refuses what cannot become this Node (another
 * stack's, another cluster's, a control plane, a copy of another machine) before anything changes, and turns a machine that was
 * another Node of the stack until now into this one. Every other resource of the host acts under the claim that it gives.
 */
export class NodeClaim extends DynamicResource {
  /** The claim, for all other resources of the host. */
  declare public readonly claim: pulumi.Output<NodeClaimOutputs["claim"]>;
  /** One line about the host: system, kernel, architecture, container runtime. */
  declare public readonly facts: pulumi.Output<string>;

  constructor(name: string, args: NodeClaimArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = {
      held: "yes",
      registered: true,
      ...args,
      resource: placeOf(name, opts?.parent),
      connection: connectionInput(args.connection),
      kubeconfig: pulumi.secret(args.kubeconfig),
      // Outputs: named here and left open, so that a preview knows them as not known yet.
      claim: undefined,
      facts: undefined,
    };
    const options = pulumi.mergeOptions({ additionalSecretOutputs: ["kubeconfig"] }, opts ?? {});
    super("NodeClaim", name, inputs, options);
  }
}

/** The URN as text alone: an Output of it would make the claim wait for all that its parent is made of, and so for itself. */
function placeOf(name: string, parent: pulumi.Resource | undefined): pulumi.Input<string> {
  if (parent === undefined) return name;
  return new Promise((resolve) => void parent.urn.apply((urn) => resolve(`${urn}/${name}`)));
}
