import * as pulumi from "@pulumi/pulumi";
import { verificationScript } from "../render/verificationScript";
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
    const { kubeProxyMode, cniMode } = args;
    const script = fromOverrides(args.kubeletConfiguration, (kubeletConfiguration) =>
      fromOverrides(args.kubeProxyConfiguration, (kubeProxyConfiguration) =>
        verificationScript({ kubeProxyMode, cniMode, kubeletConfiguration, kubeProxyConfiguration }),
      ),
    );
    const stdin = pulumi.interpolate`# kubelet revision ${args.revision}\n${script}`;
    this.summary = readOnlyCommand(name, args.connection, stdin, { parent: this }).stdout;
    this.registerOutputs({});
  }
}
