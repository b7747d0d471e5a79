export { ClusterBootstrap } from "./clusterBootstrap";
export type { ClientCertificate, ClusterBootstrapArgs } from "./clusterBootstrap";
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
export type { CniMode, KubeProxyMode } from "../base/modes";
export type { Taint, TaintEffect } from "../base/taint";
export type { KubeletConfiguration } from "../render/upstream/kubeletFields";
export type { KubeProxyConfiguration } from "../render/upstream/kubeProxyFields";
export type { JsonObject, JsonValue } from "../render/types";
