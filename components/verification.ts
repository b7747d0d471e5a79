import * as pulumi from "@pulumi/pulumi";
import type { Script } from "../base/script";
import { verification } from "../render/verificationScript";
import { fromOverrides } from "./overrides";
import { readOnlyCommand } from "./readOnlyCommand";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/** Arguments of {@link Verification}. */
export interface VerificationArgs extends CheckedNodeArgs {
  /** Looks again whenever this changed. */
  revision: pulumi.Input<string>;
}

/** The hand-made procedure's last look: services active, kube-proxy's rules there. Reads only. */
export class Verification extends pulumi.ComponentResource {
  /** What was seen, one line a check. */
  public readonly summary: pulumi.Output<string>;

  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:Verification", name, {}, opts);
    const { kubeProxyMode, cniMode, cluster } = args;
    const { clusterCIDR } = cluster;
    const script = fromOverrides(args.kubeletConfiguration, (kubeletConfiguration) =>
      fromOverrides(args.kubeProxyConfiguration, (kubeProxyConfiguration) =>
        verification({ kubeProxyMode, cniMode, clusterCIDR, kubeletConfiguration, kubeProxyConfiguration }),
      ),
    );
    // A value that the script does not read, so that it is another script whenever the kubelet is another.
    const looks = pulumi.all([args.revision, script]).apply(([revision, { file, values }]): Script => ({
      file,
      values: { ...values, revision },
    }));
    this.summary = readOnlyCommand(name, args.connection, looks, { parent: this }).stdout;
    this.registerOutputs({});
  }
}
