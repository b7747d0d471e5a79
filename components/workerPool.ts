import * as pulumi from "@pulumi/pulumi";
import { checkedPoolArgs } from "./nodeArguments";
import { WorkerNode } from "./workerNode";
import type { BinariesArgs, ClusterArgs, HostArgs, NodeConfigurationArgs } from "./workerNodeArgs";

/** Arguments of {@link WorkerPool}. */
export interface WorkerPoolArgs extends NodeConfigurationArgs {
  /** The cluster to join. */
  cluster: ClusterArgs;
  /** Binaries by architecture; one entry for each that a host of the pool has. */
  binaries: { amd64?: BinariesArgs; arm64?: BinariesArgs };
  /** The hosts. Resources are named by the Node, so that the order of this list means nothing. */
  hosts: HostArgs[];
  /**
   * Goes before the Nodes' names to make the names of their resources. Needed where two pools of one program have Nodes of one name,
   * say for two clusters. Give it to a pool from its beginning: other names of resources make its nodes anew. @default ""
   * @example "rack-2-"
   */
  resourceNamePrefix?: string;
}

/**
 * Hosts that become worker nodes in the same way. Each is a {@link WorkerNode} of its own: one more host connects to that
 * host only, and one that is down stops no other.
 *
 * @example
 * new WorkerPool("rack-1", { cluster, binaries: { amd64 }, hosts: [{ nodeName: "node-1", connection }] });
 */
export class WorkerPool extends pulumi.ComponentResource {
  /** The nodes by name. */
  public readonly nodes: Record<string, WorkerNode>;

  constructor(name: string, args: WorkerPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const { nodes } = checkedPoolArgs(name, args, opts?.parent);
    super("kubernetes-worker-nodes:index:WorkerPool", name, {}, opts);
    this.nodes = Object.fromEntries(
      nodes.map((node) => [node.args.nodeName, new WorkerNode(node.resourceName, node.args, { parent: this })]),
    );
    this.registerOutputs({});
  }
}
