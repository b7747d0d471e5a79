import type { z } from "zod";
import type { archBinaries } from "../base/rules/fields";
import type { ShownError } from "../base/rules/finding";
import type { wholeHost } from "./hostSchema";
import type { ClusterSecretKey, ParsedConfiguration, SshSecretKey } from "./schema";

// What each key means stands in schema.ts and hostSchema.ts, once; these types are made of it.

type WholeHost = z.output<typeof wholeHost>;
type HostKey = "name" | "address" | "hostKey" | "nodeIP" | "adopt" | "lost" | "arch" | "labels" | "taints";
type SshKey = "sshUser" | "sshPort" | "sshAgentSocketPath" | "user" | "port";

/** How a node is made: release, files, modes, overrides, times. */
export type NodeSettings = Omit<WholeHost, HostKey | SshKey | SshSecretKey>;

/** How hosts are reached. */
export interface SshSettings<Secret = string> {
  user: string;
  port: number;
  agentSocketPath?: string;
  privateKey?: Secret;
  privateKeyPassword?: Secret;
  password?: Secret;
}

/** One host that becomes one Node. */
export interface HostSettings extends Pick<WholeHost, HostKey> {
  ssh: SshSettings;
  /** How its node is made where that is not as its pool's. */
  own?: NodeSettings;
}

/** Hosts that become nodes in the same way, but for those that have something of their own. */
export interface PoolSettings {
  name: string;
  node: NodeSettings;
  hosts: HostSettings[];
}

/** The files of one architecture. */
export type ArchBinaries = z.output<typeof archBinaries>;
/** Where one binary (or the CNI plugins' archive) comes from, and the checksum it must have. */
export type BinarySettings = ArchBinaries["kubelet"];

type OpenClusterKey = "clusterName" | "apiServers" | "caCertPem" | "clusterCIDR" | "clusterDNS" | "clusterDomain";

/**
 * The whole configuration of a stack, defaults filled in and every rule checked. `Secret` is `string` in the result of
 * `parseSettings`, and `pulumi.Output<string>` (marked secret) in that of `loadSettings`.
 *
 * @example const { pools, secrets } = await loadSettings();
 */
export interface Settings<Secret = string> extends Pick<ParsedConfiguration, OpenClusterKey> {
  /** That of the nodes' own proxies where there are apiServers. */
  apiServerEndpoint: string;
  secrets: Record<ClusterSecretKey, Secret>;
  /** At least one host is in them; those that are in no pool are the first, called "pool". */
  pools: PoolSettings[];
}

/** One thing wrong in the configuration. */
export type SettingsError = ShownError;
