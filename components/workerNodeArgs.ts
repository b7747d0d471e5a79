import type * as pulumi from "@pulumi/pulumi";
import type { Artifact } from "../host/artifact";
import type { Connection } from "../host/connection";
import type { NodeTaintArgs } from "../cluster/nodeRegistration";
import type { CniMode, JsonObject, KubeProxyMode } from "../render/types";
import type { ClientCertificate } from "./clusterBootstrap";

/** What every node of a cluster shares. */
export interface ClusterArgs {
  /** Kubernetes version of kubelet and kube-proxy, without "v". @example "1.37.2" */
  kubernetesVersion: string;
  /** Name of the cluster in the kubeconfigs on the hosts. @default "kubernetes" */
  clusterName?: string;
  /** URL of the API server as the hosts reach it, in both kubeconfigs. @example "https://10.0.0.10:6443" */
  apiServerEndpoint: string;
  /** Certificate of the cluster's CA, PEM. */
  caCertPem: pulumi.Input<string>;
  /** Range of all pods, as the cluster's controller manager has it. @example "10.2.0.0/16" */
  clusterCIDR: string;
  /** Addresses of the cluster's DNS Service. @example ["10.1.0.2"] */
  clusterDNS: string[];
  /** DNS domain of the cluster, without a dot at its end. @default "cluster.local" */
  clusterDomain?: string;
  /** Bootstrap token, from {@link ClusterBootstrap}. Secret. */
  bootstrapToken: pulumi.Input<string>;
  /** kube-proxy's client certificate, from {@link ClusterBootstrap}. */
  kubeProxyCertificate: { [K in keyof ClientCertificate]: pulumi.Input<string> };
  /** kubeconfig of a user that may label, taint, drain and delete Nodes. Secret. */
  kubeconfig: pulumi.Input<string>;
}

/** How the nodes are made; the same for all of a pool. */
export interface NodeConfigurationArgs {
  /** How kube-proxy makes Services work. @default "nftables" */
  kubeProxyMode?: KubeProxyMode;
  /** Fields laid over our KubeProxyConfiguration, with upstream's names. @default {} */
  kubeProxyConfiguration?: JsonObject;
  /** Fields laid over our KubeletConfiguration, with upstream's names. @default {} @example { maxPods: 200 } */
  kubeletConfiguration?: JsonObject;
  /** Who brings the pod network: "bridge" is ours, with "none" another system does. @default "bridge" */
  cniMode?: CniMode;
  /** Tables laid over our containerd drop-in. @default {} */
  containerdConfiguration?: JsonObject;
  /** Image of a pod's sandbox. @default the one containerd was built with */
  sandboxImage?: string;
  /** Seconds the Node may take to become Ready. @default 300 */
  nodeReadyTimeoutSeconds?: number;
  /** Seconds the pods may take to leave when the node is removed. @default 120 */
  drainTimeoutSeconds?: number;
}

/** Where the binaries of one architecture come from. */
export interface BinariesArgs {
  /** kubelet. */
  kubelet: Artifact;
  /** kube-proxy. */
  kubeProxy: Artifact;
  /** Release archive of the CNI plugins; needed with cniMode "bridge". */
  cniPlugins?: Artifact;
}

/** The one host a node is made of. */
export interface HostArgs {
  /** Name of the Node; lower case, used by kubelet and kube-proxy alike. @example "node-1" */
  nodeName: string;
  /** How the host is reached over SSH. Secret. */
  connection: pulumi.Input<Connection>;
  /** Architecture the binaries are for, as Go names it. @default "amd64" */
  arch?: "amd64" | "arm64";
  /** Labels of the Node; any the API allows, set by an admin client. @default {} */
  labels?: Record<string, string>;
  /** Taints of the Node. @default [] */
  taints?: NodeTaintArgs[];
  /** Address the Node reports, for a host with several. @default the kubelet's choice */
  nodeIP?: string;
  /** Takes over a machine that kubeadm or another stack has made a node of this cluster. @default false */
  adopt?: boolean;
  /** The machine is gone for good: its node is taken out without touching it. @default false */
  lost?: boolean;
}

/** Arguments of WorkerNode. */
export interface WorkerNodeArgs extends HostArgs, NodeConfigurationArgs {
  /** The cluster to join. */
  cluster: ClusterArgs;
  /** Binaries for the host's architecture. */
  binaries: BinariesArgs;
}
