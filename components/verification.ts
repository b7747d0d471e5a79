import * as pulumi from "@pulumi/pulumi";
import type { Script } from "../base/script";
import { verification } from "../render/verificationScript";
import { readOnlyCommand } from "./readOnlyCommand";
import type { WorkerNodeArgs } from "./workerNodeArgs";

/** Arguments of {@link Verification}. */
export interface VerificationArgs extends WorkerNodeArgs {
  /** Looks again whenever this changed. */
  revision: pulumi.Input<string>;
}

/** The hand-made procedure's last look: services active, kube-proxy's rules there. Reads only. */
export class Verification extends pulumi.ComponentResource {
  /** What was seen, one line a check. */
  public readonly summary: pulumi.Output<string>;

  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:Verification", name, {}, opts);
    const { kubeProxyMode = "nftables", cniMode = "bridge", kubeletConfiguration, kubeProxyConfiguration } = args;
    const { clusterCIDR } = args.cluster;
    const looks = { kubeProxyMode, cniMode, clusterCIDR, kubeletConfiguration, kubeProxyConfiguration };
    // A value that the script does not read, so that it is another script whenever the kubelet is another.
    const script = pulumi.output(args.revision).apply((revision): Script => {
      const { file, values } = verification(looks);
      return { file, values: { ...values, revision } };
    });
    this.summary = readOnlyCommand(name, args.connection, script, { parent: this }).stdout;
    this.registerOutputs({});
  }
}
