import * as pulumi from "@pulumi/pulumi";
import { preflightScript } from "../render/preflightScript";
import { readOnlyCommand } from "./readOnlyCommand";
import type { WorkerNodeArgs } from "./workerNodeArgs";

/**
 * Refuses a host that cannot become a worker node, naming everything that is in the way at once, before anything on it
 * changes. Reads only.
 */
export class Preflight extends pulumi.ComponentResource {
  /** One line about the host: system, kernel, architecture, container runtime. */
  public readonly facts: pulumi.Output<string>;

  constructor(name: string, args: WorkerNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:Preflight", name, {}, opts);
    const { arch = "amd64", kubeProxyMode = "nftables", cniMode = "bridge", kubeletConfiguration } = args;
    const { kubernetesVersion } = args.cluster;
    const script = preflightScript({ kubernetesVersion, arch, kubeProxyMode, cniMode, kubeletConfiguration });
    this.facts = readOnlyCommand(name, args.connection, script, { parent: this }).stdout;
    this.registerOutputs({});
  }
}
