import type * as pulumi from "@pulumi/pulumi";
import type { Arch } from "../base/arch";
import type { CniMode, FlannelBackend, KubeProxyMode } from "../base/modes";
import type { Taint } from "../base/taint";
import type { Connection } from "../host/connection";
import type { JsonObject } from "../render/types";
import type { KubeProxyConfiguration } from "../render/upstream/kubeProxyFields";
import type { KubeletConfiguration } from "../render/upstream/kubeletFields";
import type { ClientCertificate } from "./clientCertificate";

/** What every node of a cluster shares. */
export interface ClusterArgs {
  /** Kubernetes version of kubelet and kube-proxy, without "v". @example "1.37.2" */
  kubernetesVersion: pulumi.Input<string>;
  /** Name of the cluster in the kubeconfigs on the hosts. @default "kubernetes" */
  clusterName?: pulumi.Input<string>;
  /**
   * URL of the API server as the hosts reach it, in both kubeconfigs; needed without apiServers. With them it is where each node's own
   * proxy listens. @default with apiServers "https://127.0.0.1:8443" @example "https://10.0.0.10:6443"
   */
  apiServerEndpoint?: pulumi.Input<string>;
  /**
   * API servers that each node reaches by a proxy of its own, as host:port or https URL. Whether there are any has to be known when the
   * program runs, which they are need not be. @default no proxy @example ["10.0.0.10:6443", "10.0.0.11:6443"]
   */
  apiServers?: pulumi.Input<pulumi.Input<string>[]>;
  /** Certificate of the cluster's CA, PEM, or a bundle of several while the CA is changed. */
  caCertPem: pulumi.Input<string>;
  /** Range of all pods, as the cluster's controller manager has it. @example "10.2.0.0/16" */
  clusterCIDR: pulumi.Input<string>;
  /** Addresses of the cluster's DNS Service. @example ["10.1.0.2"] */
  clusterDNS: pulumi.Input<pulumi.Input<string>[]>;
  /** DNS domain of the cluster, without a dot at its end. @default "cluster.local" */
  clusterDomain?: pulumi.Input<string>;
  /** Bootstrap token, from {@link ClusterBootstrap}. Secret. */
  bootstrapToken: pulumi.Input<string>;
  /** kube-proxy's client certificate, from {@link ClusterBootstrap}. */
  kubeProxyCertificate: { [K in keyof ClientCertificate]: pulumi.Input<string> };
  /** flannel's client certificate, from {@link ClusterBootstrap} with `flannel`; needed with cniMode "flannel". */
  flannelCertificate?: { [K in keyof ClientCertificate]: pulumi.Input<string> };
  /** kubeconfig of a user that may label, taint, drain and delete Nodes. Secret. */
  kubeconfig: pulumi.Input<string>;
}

/** Fields laid over a configuration; all of them or any value among them may be an Output. */
export type Overrides<Fields> = pulumi.Input<{ [K in keyof Fields]: InputOf<Fields[K]> }>;

/** A value, and each in it, as an Input. */
type InputOf<T> =
  | pulumi.Input<T>
  | (T extends readonly (infer Item)[]
      ? InputOf<Item>[]
      : T extends object
        ? { [K in keyof T]: InputOf<T[K]> }
        : never);

/**
 * How the nodes are made; the same for all of a pool.
 *
 * Where a value in a file is secret, the file is: mode 0600 and secret in the state, and no error repeats the value.
 */
export interface NodeConfigurationArgs {
  /**
   * How kube-proxy makes Services work; "none" where another system does. "nftables" answers no NodePort at 127.0.0.1; "ipvs" is
   * deprecated since Kubernetes 1.35, off by default from 1.40 and gone in 1.43. @default "nftables"
   */
  kubeProxyMode?: KubeProxyMode;
  /** Fields laid over our KubeProxyConfiguration, with upstream's names. @default {} */
  kubeProxyConfiguration?: Overrides<KubeProxyConfiguration>;
  /** Fields laid over our KubeletConfiguration, with upstream's names. @default {} @example { maxPods: 200 } */
  kubeletConfiguration?: Overrides<KubeletConfiguration>;
  /**
   * Who brings the pod network: "bridge" is ours, and the network between the hosts routes their ranges; with "flannel" flannel brings
   * packets to the other nodes; with "none" another system does. @default "bridge"
   */
  cniMode?: CniMode;
  /**
   * How flannel brings packets to another node: "vxlan" in UDP, port 8472; "host-gw" by routes, between hosts on one network. One for all
   * nodes of a cluster. @default "vxlan"
   */
  flannelBackend?: FlannelBackend;
  /** MTU of the pods' interfaces. @default 1500 with "bridge", that of the host's interface with "host-gw", 50 less with "vxlan" */
  podNetworkMTU?: number;
  /** Tables laid over our containerd drop-in. @default {} */
  containerdConfiguration?: Overrides<JsonObject>;
  /** Image of a pod's sandbox. @default the one containerd was built with */
  sandboxImage?: pulumi.Input<string>;
  /** Seconds the Node may take to become Ready. @default 300 */
  nodeReadyTimeoutSeconds?: number;
  /** Seconds the pods may take to leave when the node is removed. @default 120 */
  drainTimeoutSeconds?: number;
}

/** A binary, or the archive of some. */
export interface BinaryArgs {
  /**
   * An https URL that the host fetches itself, or the path of a file on the machine that runs Pulumi, relative to the program's
   * folder. @default the official release URL of the version
   */
  source?: pulumi.Input<string>;
  /** SHA-256 of the file, 64 hexadecimal digits; nothing else is ever put in place. */
  sha256: pulumi.Input<string>;
}

/** Where the binaries of one architecture come from. */
export interface BinariesArgs {
  /** kubelet. */
  kubelet: BinaryArgs;
  /** kube-proxy; needed unless kubeProxyMode is "none". */
  kubeProxy?: BinaryArgs;
  /** Release archive of the CNI plugins; needed unless cniMode is "none". */
  cniPlugins?: BinaryArgs;
  /** flannel's daemon; needed with cniMode "flannel". */
  flanneld?: BinaryArgs;
  /** flannel's CNI plugin, the program itself; needed with cniMode "flannel". */
  flannelCniPlugin?: BinaryArgs;
}

/** How a host is reached over SSH; each field may be an Output. */
export type ConnectionArgs = { [K in keyof Connection]: pulumi.Input<Connection[K]> };

/** The one host a node is made of. */
export interface HostArgs {
  /** Name of the Node; lower case, used by kubelet and kube-proxy alike. @example "node-1" */
  nodeName: string;
  /** How the host is reached over SSH. Key, passphrase and password are made secret. */
  connection: pulumi.Input<ConnectionArgs>;
  /** Architecture the binaries are for, as Go names it. @default "amd64" */
  arch?: Arch;
  /** Labels of the Node; any the API allows, set by an admin client. @default {} */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints of the Node, as objects or as "key=value:Effect". @default [] @example ["dedicated=build:NoSchedule"] */
  taints?: pulumi.Input<pulumi.Input<string | Taint>[]>;
  /** Address the Node reports, for a host with several. @default the kubelet's choice */
  nodeIP?: pulumi.Input<string>;
  /** Takes over a machine that kubeadm or another stack has made a node of this cluster. @default false */
  adopt?: boolean;
  /** The machine is gone for good: it is taken out without being touched. @default false */
  lost?: boolean;
}

/** Arguments of WorkerNode. */
export interface WorkerNodeArgs extends HostArgs, NodeConfigurationArgs {
  /** The cluster to join. */
  cluster: ClusterArgs;
  /** Binaries for the host's architecture. */
  binaries: BinariesArgs;
}

/** The arguments once they are checked: defaults filled in, one spelling for everything. What was an Output still is one. */
export interface CheckedNodeArgs {
  cluster: CheckedClusterArgs;
  nodeName: string;
  connection: pulumi.Input<Connection>;
  arch: Arch;
  labels: pulumi.Input<Record<string, string>>;
  taints: pulumi.Input<Taint[]>;
  nodeIP?: pulumi.Input<string>;
  adopt: boolean;
  lost: boolean;
  kubeProxyMode: KubeProxyMode;
  kubeProxyConfiguration: pulumi.Input<JsonObject>;
  kubeletConfiguration: pulumi.Input<JsonObject>;
  cniMode: CniMode;
  flannelBackend: FlannelBackend;
  podNetworkMTU?: number;
  containerdConfiguration: pulumi.Input<JsonObject>;
  sandboxImage?: pulumi.Input<string>;
  nodeReadyTimeoutSeconds: number;
  drainTimeoutSeconds: number;
  binaries: CheckedBinaries;
}

/** {@link ClusterArgs} once they are checked. */
export interface CheckedClusterArgs
  extends
    Required<Omit<ClusterArgs, "clusterDNS" | "apiServers" | "flannelCertificate">>,
    Pick<ClusterArgs, "flannelCertificate"> {
  clusterDNS: pulumi.Input<string[]>;
  /** As host:port. */
  apiServers?: pulumi.Input<string[]>;
}

/** The binaries of one architecture, with a source each. */
export type CheckedBinaries = { [K in keyof BinariesArgs]: Required<BinaryArgs> };
