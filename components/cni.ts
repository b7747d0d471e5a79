import * as pulumi from "@pulumi/pulumi";
import { HostBinaries } from "../host/hostBinaries";
import { cniPlugins } from "../render/cniConflist";
import { paths } from "../render/paths";
import type { NodePartArgs } from "./nodePartArgs";

/** The CNI plugins' binaries, where containerd looks for them. */
export class Cni extends pulumi.ComponentResource {
  constructor(name: string, args: NodePartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:Cni", name, {}, opts);
    const archive = args.binaries.cniPlugins;
    // The rules of the arguments ask for it.
    if (archive === undefined) throw new pulumi.ResourceError("binaries.cniPlugins is not set", this, true);
    new HostBinaries(
      name,
      {
        connection: args.connection,
        claim: args.claim,
        setName: "cni-plugins",
        archive: pulumi.output(archive),
        directory: paths.cniBinDirectory,
        members: [...cniPlugins],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
