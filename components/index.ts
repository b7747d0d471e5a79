export { ClusterBootstrap, KubeProxyCertificate } from "./clusterBootstrap";
export type { ClusterBootstrapArgs } from "./clusterBootstrap";
export { FlannelAccess } from "./flannelAccess";
export type { CertificateArgs, ClientCertificate } from "./clientCertificate";
/** The former name of {@link CertificateArgs}. */
export type { CertificateArgs as KubeProxyCertificateArgs } from "./clientCertificate";
export { HostClaim } from "./claim/hostClaim";
export { NodeBinaries } from "./nodeBinaries";
export { HostPreparation } from "./hostPreparation";
export { ApiServerProxy } from "./apiServerProxy";
export { ContainerRuntime } from "./containerRuntime";
export { Kubelet } from "./kubelet";
export { KubeProxy } from "./kubeProxy";
export { Flannel } from "./flannel";
export type {
  ApiServerProxyArgs,
  ClaimedHost,
  ContainerRuntimeArgs,
  FlannelArgs,
  HostClaimArgs,
  HostPreparationArgs,
  KubeletArgs,
  KubeProxyArgs,
  NodeBinariesArgs,
} from "./nodePartArgs";
export { NodeRegistration } from "../cluster/nodeRegistration";
export type { ClaimArgs, NodeRegistrationArgs, NodeTaintArgs } from "../cluster/nodeRegistration";
export { WorkerNode } from "./workerNode";
export type {
  BinariesArgs,
  BinaryArgs,
  ClusterArgs,
  ConnectionArgs,
  HostArgs,
  NodeConfigurationArgs,
  Overrides,
  WorkerNodeArgs,
} from "./workerNodeArgs";
export { WorkerPool } from "./workerPool";
export type { WorkerPoolArgs } from "./workerPool";
export type { Connection } from "../host/connection";
export type { Arch } from "../base/arch";
export type { CniMode, FlannelBackend, KubeProxyMode } from "../base/modes";
export type { Taint, TaintEffect } from "../base/taint";
export type { KubeletConfiguration } from "../render/upstream/kubeletFields";
export type { KubeProxyConfiguration } from "../render/upstream/kubeProxyFields";
export type { JsonObject, JsonValue } from "../render/types";
