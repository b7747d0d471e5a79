import * as pulumi from "@pulumi/pulumi";
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
    super("kubernetes-worker-nodes:index:WorkerPool", name, {}, opts);
    const { hosts, binaries, ...shared } = args;
    const createNode = (host: HostArgs): WorkerNode => {
      const ofArch = binaries[host.arch ?? "amd64"];
      if (ofArch === undefined) {
        throw new pulumi.ResourceError(
          `binaries.${host.arch ?? "amd64"} is not set: host ${host.nodeName} needs it`,
          this,
          true,
        );
      }
      return new WorkerNode(host.nodeName, { ...shared, ...host, binaries: ofArch }, { parent: this });
    };
    this.nodes = Object.fromEntries(hosts.map((host) => [host.nodeName, createNode(host)]));
    this.registerOutputs({});
  }
}
