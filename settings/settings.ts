import type { Taint } from "../base/taint";
import type { Arch } from "../base/arch";
import type { CniMode, KubeProxyMode } from "../base/modes";
import type { ShownError } from "../base/rules/finding";
import type { JsonObject } from "../render/types";

export type { Taint };

/** One host that becomes one Node. */
export interface HostSettings {
  /**
   * Name of the host in the program and, the same, of its Node in the cluster: a DNS-1123 subdomain, at most 63 characters,
   * in lower case (parsing lower-cases it, as the kubelet and kube-proxy do).
   * @example "node-1"
   */
  name: string;
  /** IP address or host name that SSH connects to. @example "10.231.0.11" */
  address: string;
  /** TCP port of the SSH server. @default sshPort */
  port: number;
  /** User that logs in over SSH: root, or one with passwordless sudo. @default sshUser */
  user: string;
  /** The SSH server's public key as in authorized_keys, Ed25519 or ECDSA, without a comment. @example "ssh-ed25519 AAAAC3Nza..." */
  hostKey: string;
  /** Processor architecture, which selects the binaries. @default "amd64" */
  arch: Arch;
  /** Node labels, set with the admin kubeconfig. @default {} @example { "node-role.kubernetes.io/worker": "" } */
  labels: Record<string, string>;
  /** Node taints, set with the admin kubeconfig; written "key=value:Effect". @default [] @example ["dedicated=build:NoSchedule"] */
  taints: Taint[];
  /** Address the Node reports (kubelet --node-ip): an IP, or "IPv4,IPv6" for a dual-stack Node. @default the kubelet's choice */
  nodeIP?: string;
  /** Takes over a machine that kubeadm or another stack has made a node of this cluster. @default false */
  adopt: boolean;
  /** The machine is gone for good: it is taken out without being touched. @default false */
  lost: boolean;
}

/** Where one binary (or the CNI plugins' archive) comes from, and the checksum it must have. */
export interface BinarySettings {
  /**
   * An https URL that the host fetches, or a file on the machine that runs Pulumi (a path relative to the project's folder).
   * @default the official release URL of the version
   */
  source?: string;
  /** SHA-256 of the file, 64 hexadecimal digits; parsing makes them small. */
  sha256: string;
}

/** The files of one architecture. */
export interface ArchBinaries {
  kubelet: BinarySettings;
  kubeProxy: BinarySettings;
  /** The containernetworking/plugins release archive (.tgz). Required when cniMode is "bridge". */
  cniPlugins?: BinarySettings;
}

/**
 * The secret values. `Secret` is `string` in the result of `parseSettings`, and `pulumi.Output<string>` (marked secret) in
 * that of `loadSettings`.
 */
export interface SecretSettings<Secret = string> {
  /** Admin kubeconfig (YAML text) with which the cluster's side is changed: bindings, token, labels, drain. */
  kubeconfig: Secret;
  /** PEM private key of the cluster's CA; signs the kube-proxy client certificate and goes to no host. */
  caPrivateKeyPem: Secret;
  /** Bootstrap token, `[a-z0-9]{6}.[a-z0-9]{16}`, with which each kubelet asks for its certificate. */
  bootstrapToken: Secret;
  /** PEM or OpenSSH private key for SSH. @default none (then sshPassword or the agent) */
  sshPrivateKey?: Secret;
  /** Passphrase of sshPrivateKey. @default none */
  sshPrivateKeyPassword?: Secret;
  /** Password for SSH. @default none */
  sshPassword?: Secret;
}

/**
 * The whole configuration of a stack, defaults filled in and every rule checked.
 *
 * @example const { hosts, secrets } = loadSettings();   // Settings<pulumi.Output<string>>
 */
export interface Settings<Secret = string> {
  /** Kubernetes release without "v", 1.34 to 1.37. @default "1.37.2" */
  kubernetesVersion: string;
  /** Name of the cluster in the kubeconfigs written. @default "kubernetes" */
  clusterName: string;
  /** URL of the API server as every node reaches it: https, host, port, no path. @example "https://10.231.0.1:6443" */
  apiServerEndpoint: string;
  /** PEM certificate(s) of the cluster's CA. Public. */
  caCertPem: string;
  /** Range(s) the pods' addresses come from: one CIDR, or "IPv4,IPv6" for a dual-stack cluster. @example "10.2.0.0/16" */
  clusterCIDR: string;
  /** Addresses of the cluster's DNS Service, most preferred first. @example ["10.1.0.2"] */
  clusterDNS: string[];
  /** DNS domain of the cluster, without trailing dot. @default "cluster.local" */
  clusterDomain: string;
  secrets: SecretSettings<Secret>;
  /** How SSH authenticates besides the secrets. */
  ssh: {
    /** Socket of an SSH agent. @default $SSH_AUTH_SOCK when resources are changed, where no key and no password is set */
    agentSocketPath?: string;
  };
  /** The hosts, at least one. */
  hosts: HostSettings[];
  /** How kube-proxy programs Services. @default "nftables" */
  kubeProxyMode: KubeProxyMode;
  /** Fields laid over our KubeProxyConfiguration, by upstream's names. @default {} */
  kubeProxyConfiguration: JsonObject;
  /** Fields laid over our KubeletConfiguration, by upstream's names. @default {} */
  kubeletConfiguration: JsonObject;
  /** Who makes the pod network: "bridge" (this program) or "none" (another system brings it). @default "bridge" */
  cniMode: CniMode;
  /** Tables laid over our containerd drop-in (configuration version 3). @default {} */
  containerdConfiguration: JsonObject;
  /** Image of the pods' sandbox container. @default containerd's own @example "registry.k8s.io/pause:3.10" */
  sandboxImage?: string;
  /** The files installed, by architecture; there is an entry for each architecture that a host has. */
  binaries: Partial<Record<Arch, ArchBinaries>>;
  /** Seconds to wait for a Node to be Ready. @default 300 */
  nodeReadyTimeoutSeconds: number;
  /** Seconds to wait for a Node to drain before it is removed. @default 120 */
  drainTimeoutSeconds: number;
}

/** One thing wrong in the configuration. */
export type SettingsError = ShownError;
