import * as pulumi from "@pulumi/pulumi";
import { certificateDigests } from "../../base/certificateDigests";
import { cniCleanup, flannelCleanup, kubeletCleanup, kubeProxyCleanup } from "../../render/cleanupScripts";
import { preflight } from "../../render/preflightScript";
import type { CheckedNodeArgs } from "../workerNodeArgs";
import { checkedPartArgs, parts } from "../partArguments";
import type { HostClaimArgs } from "../nodePartArgs";
import { NodeClaim, type NodeClaimArgs } from "./nodeClaim";

/** What ends a node, in this order: rules first, then pods, then their network; its way to the API servers last. */
function endingOf({ cniMode }: CheckedNodeArgs): Pick<NodeClaimArgs, "units" | "cleanups"> {
  // Of another mode there may be a flannel of somebody else. Ours is started again before the kubelet, which it follows.
  const flannel = cniMode === "flannel";
  return {
    units: [
      "kube-proxy.service",
      ...(flannel ? ["flanneld.service"] : []),
      ...["kubelet.service", "kube-apiserver-proxy.service"],
    ],
    cleanups: [kubeProxyCleanup(), kubeletCleanup(), ...(flannel ? [flannelCleanup()] : []), cniCleanup()],
  };
}

/**
 * The first thing of a node: a host becomes the stack's and this Node's, or is refused before anything on it changes (another stack's,
 * another cluster's, a control plane, or one that cannot run a kubelet); and on removal the last. All other parts of a node act under
 * its output `claim`.
 *
 * @example
 * const node = { nodeName: "node-1", connection, cluster, binaries };
 * const claim = new HostClaim("node-1-claim", node).claim;
 * const preparation = new HostPreparation("node-1-preparation", { ...node, claim });
 */
export class HostClaim extends NodeClaim {
  constructor(name: string, args: HostClaimArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, claimInputs(checkedPartArgs(parts.claim, name, args)), opts);
  }
}

function claimInputs(args: CheckedNodeArgs): NodeClaimArgs {
  const { arch, kubeProxyMode, cniMode, flannelBackend } = args;
  const { kubernetesVersion, clusterCIDR, caCertPem, kubeconfig, apiServers } = args.cluster;
  const { kubeletConfiguration } = args;
  const cluster = pulumi.output(caCertPem).apply(certificateDigests);
  // Of kube-proxy's only the scheduler of mode ipvs counts: a secret that has no say here makes nothing secret.
  const kubeProxyConfiguration = kubeProxyMode === "ipvs" ? args.kubeProxyConfiguration : {};
  // Where the proxy is ours, its address counts; otherwise a new endpoint is no reason to look at a host anew.
  const proxy =
    apiServers === undefined ? undefined : { servers: apiServers, endpoint: args.cluster.apiServerEndpoint };
  const check = pulumi
    .output({ kubernetesVersion, kubeletConfiguration, kubeProxyConfiguration, caSha256: cluster, proxy })
    .apply((known) => preflight({ arch, kubeProxyMode, cniMode, flannelBackend, ...known }));
  return {
    connection: args.connection,
    nodeName: args.nodeName,
    owner: `${organization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
    cluster,
    // Secret where the configuration is that it stands in.
    clusterCIDR: pulumi.all([clusterCIDR, kubeletConfiguration]).apply(([ranges]) => ranges),
    kubeconfig,
    preflight: check,
    ...endingOf(args),
    adopt: args.adopt,
    lost: args.lost,
    drainTimeoutSeconds: args.drainTimeoutSeconds,
  };
}

/** Pulumi's mocks have none unless they are given one, and then throw. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}
