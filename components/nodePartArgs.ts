import type * as pulumi from "@pulumi/pulumi";
import type { NodeClaimOutputs } from "./claim/nodeClaim";
import type { BinariesArgs, CheckedNodeArgs, ClusterArgs, WorkerNodeArgs } from "./workerNodeArgs";

/** A host that is claimed, as {@link HostClaim} gives it. */
export type ClaimedHost = NodeClaimOutputs["claim"];

/**
 * Arguments of a part of a node: those of WorkerNode that it uses. All of a WorkerNode's may be given, so that the parts of a node can
 * be made of one object.
 */
type PartArgs<
  Own extends keyof WorkerNodeArgs,
  OfCluster extends keyof ClusterArgs,
  OfBinaries extends keyof BinariesArgs = never,
> = Pick<WorkerNodeArgs, Own> &
  Partial<Omit<WorkerNodeArgs, Own | "cluster" | "binaries">> & {
    /** The cluster to join. */
    cluster: Pick<ClusterArgs, OfCluster> & Partial<ClusterArgs>;
    /** Binaries for the host's architecture. */
    binaries: Pick<BinariesArgs, OfBinaries> & Partial<BinariesArgs>;
  };

/** Binaries that a part does not use may be left out as a whole. */
type WithoutBinaries<Args extends { binaries: unknown }> = Omit<Args, "binaries"> & Partial<Pick<Args, "binaries">>;

/** The claim that a part of a node acts under. */
interface UnderClaim {
  /** The claim that holds the host, from {@link HostClaim}. */
  claim: pulumi.Input<ClaimedHost>;
}

/** Arguments of {@link HostClaim}. */
export type HostClaimArgs = WithoutBinaries<
  PartArgs<"nodeName" | "connection", "kubernetesVersion" | "clusterCIDR" | "caCertPem" | "kubeconfig">
>;

/** Arguments of {@link NodeBinaries}. */
export type NodeBinariesArgs = PartArgs<"connection", "kubernetesVersion", "kubelet"> & UnderClaim;

/** Arguments of {@link HostPreparation}. */
export type HostPreparationArgs = WithoutBinaries<PartArgs<"connection", "clusterCIDR">> & UnderClaim;

/** Arguments of {@link ContainerRuntime}. */
export type ContainerRuntimeArgs = WithoutBinaries<PartArgs<"connection", "clusterCIDR">> & UnderClaim;

/** Arguments of {@link ApiServerProxy}. */
export type ApiServerProxyArgs = WithoutBinaries<PartArgs<"connection", "apiServers" | "caCertPem">> & UnderClaim;

/** Arguments of {@link Kubelet}. */
export type KubeletArgs = PartArgs<
  "nodeName" | "connection",
  "kubernetesVersion" | "apiServerEndpoint" | "caCertPem" | "clusterCIDR" | "clusterDNS" | "bootstrapToken",
  "kubelet"
> &
  UnderClaim;

/** Arguments of {@link KubeProxy}. */
export type KubeProxyArgs = PartArgs<
  "nodeName" | "connection",
  "kubernetesVersion" | "apiServerEndpoint" | "caCertPem" | "clusterCIDR" | "kubeProxyCertificate",
  "kubeProxy"
> &
  UnderClaim;

/** Arguments of {@link Flannel}. */
export type FlannelArgs = PartArgs<
  "nodeName" | "connection",
  "kubernetesVersion" | "apiServerEndpoint" | "caCertPem" | "clusterCIDR" | "flannelCertificate",
  "flanneld"
> &
  UnderClaim;

/** Arguments of the parts of a WorkerNode once they are checked; a part reads no more of them than its own arguments name. */
export interface NodePartArgs extends CheckedNodeArgs {
  claim: pulumi.Input<ClaimedHost>;
}
