import type { z } from "zod";
import type { archBinaries } from "../base/rules/fields";
import type { ShownError } from "../base/rules/finding";
import type { ParsedConfiguration, ParsedHost, SecretKey } from "./schema";

// What each key means stands in schema.ts, once; these types are made of it.

/** One host that becomes one Node: its fields, with the stack's port and user where it names no other. */
export type HostSettings = Omit<ParsedHost, "port" | "user"> & { port: number; user: string };

/** The files of one architecture. */
export type ArchBinaries = z.output<typeof archBinaries>;
/** Where one binary (or the CNI plugins' archive) comes from, and the checksum it must have. */
export type BinarySettings = ArchBinaries["kubelet"];

/**
 * The secret values. `Secret` is `string` in the result of `parseSettings`, and `pulumi.Output<string>` (marked secret) in
 * that of `loadSettings`.
 */
export type SecretSettings<Secret = string> = {
  [Key in SecretKey]: undefined extends ParsedConfiguration[Key] ? Secret | undefined : Secret;
};

/**
 * The whole configuration of a stack, defaults filled in and every rule checked.
 *
 * @example const { hosts, secrets } = loadSettings();   // Settings<pulumi.Output<string>>
 */
export interface Settings<Secret = string> extends Omit<
  ParsedConfiguration,
  SecretKey | "hosts" | "sshUser" | "sshPort" | "sshAgentSocketPath"
> {
  secrets: SecretSettings<Secret>;
  /** How SSH authenticates besides the secrets. */
  ssh: { agentSocketPath?: string };
  /** The hosts, at least one. */
  hosts: HostSettings[];
}

/** One thing wrong in the configuration. */
export type SettingsError = ShownError;
