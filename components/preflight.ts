import * as pulumi from "@pulumi/pulumi";
import { preflightScript } from "../render/preflightScript";
import { fromOverrides } from "./overrides";
import { readOnlyCommand } from "./readOnlyCommand";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/**
 * Refuses a host that cannot become a worker node, naming everything that is in the way at once, before anything on it
 * changes. Reads only.
 */
export class Preflight extends pulumi.ComponentResource {
  /** One line about the host: system, kernel, architecture, container runtime. */
  public readonly facts: pulumi.Output<string>;

  constructor(name: string, args: CheckedNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:Preflight", name, {}, opts);
    const { arch, kubeProxyMode, cniMode } = args;
    const { kubernetesVersion } = args.cluster;
    const script = fromOverrides(args.kubeletConfiguration, (kubeletConfiguration) =>
      preflightScript({ kubernetesVersion, arch, kubeProxyMode, cniMode, kubeletConfiguration }),
    );
    this.facts = readOnlyCommand(name, args.connection, script, { parent: this }).stdout;
    this.registerOutputs({});
  }
}
