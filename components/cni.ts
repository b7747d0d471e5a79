import * as pulumi from "@pulumi/pulumi";
import { HostBinaries } from "../host/hostBinaries";
import { paths } from "../render/paths";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/** The plugins that the pod network of cniMode "bridge" is made of; of the release archive no others are installed. */
const bridgePlugins = ["bridge", "host-local", "loopback", "portmap"];

/** The CNI plugins' binaries, where containerd looks for them. */
export class Cni extends pulumi.ComponentResource {
  constructor(name: string, args: CheckedNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:Cni", name, {}, opts);
    const { cniPlugins } = args.binaries;
    // The rules of the arguments ask for it.
    if (cniPlugins === undefined) throw new pulumi.ResourceError("binaries.cniPlugins is not set", this, true);
    new HostBinaries(
      name,
      {
        connection: args.connection,
        setName: "cni-plugins",
        archive: pulumi.output(cniPlugins),
        directory: paths.cniBinDirectory,
        members: bridgePlugins,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
