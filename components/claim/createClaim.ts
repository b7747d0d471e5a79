import * as pulumi from "@pulumi/pulumi";
import { certificateDigests } from "../../base/certificateDigests";
import { cniCleanup, kubeletCleanup, kubeProxyCleanup } from "../../render/cleanupScripts";
import { preflight } from "../../render/preflightScript";
import type { CheckedNodeArgs } from "../workerNodeArgs";
import { NodeClaim } from "./nodeClaim";

/** What ends a node, in this order: rules first, then pods, then their network. */
const units = ["kube-proxy.service", "kubelet.service"];
const cleanups = [kubeProxyCleanup(), kubeletCleanup(), cniCleanup()];

/** The claim of a worker node on its host, with what has to be so before. */
export function createClaim(name: string, args: CheckedNodeArgs, opts: pulumi.CustomResourceOptions): NodeClaim {
  const { arch, kubeProxyMode, cniMode } = args;
  const { kubernetesVersion, clusterCIDR, caCertPem, kubeconfig } = args.cluster;
  const { kubeletConfiguration } = args;
  const cluster = pulumi.output(caCertPem).apply(certificateDigests);
  // Of kube-proxy's only the scheduler of mode ipvs counts: a secret that has no say here makes nothing secret.
  const kubeProxyConfiguration = kubeProxyMode === "ipvs" ? args.kubeProxyConfiguration : {};
  const check = pulumi
    .output({ kubernetesVersion, kubeletConfiguration, kubeProxyConfiguration, caSha256: cluster })
    .apply((known) => preflight({ arch, kubeProxyMode, cniMode, ...known }));
  const inputs = {
    connection: args.connection,
    nodeName: args.nodeName,
    owner: `${organization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
    cluster,
    // Secret where the configuration is that it stands in.
    clusterCIDR: pulumi.all([clusterCIDR, kubeletConfiguration]).apply(([ranges]) => ranges),
    kubeconfig,
    preflight: check,
    units,
    cleanups,
    adopt: args.adopt,
    lost: args.lost,
    drainTimeoutSeconds: args.drainTimeoutSeconds,
  };
  return new NodeClaim(name, inputs, opts);
}

/** Pulumi's mocks have none unless they are given one, and then throw. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}
