import * as pulumi from "@pulumi/pulumi";
import { connectionInput } from "./connection";
import type { HostInputs } from "./hostInputs";
import type { FileMap } from "./files";
import { DynamicResource } from "../base/dynamicResource";

/** A command a host has to have, and the package that brings it. */
export interface PackageRequirement {
  /** The command looked for on the PATH; where it is found nothing is installed. @example "nft" */
  command: string;
  /** Name of the package for each family of package managers. @example { apt: "nftables", dnf: "nftables", zypper: "nftables" } */
  packages: { apt: string; dnf: string; zypper: string };
  /** Unit that the package enables or starts by itself; where the package is installed here, it does neither. */
  unit?: string;
}

/** Inputs of {@link HostPrerequisites}, as the provider sees them. */
export interface HostPrerequisitesInputs extends HostInputs {
  /** Commands the host has to have; only missing ones are installed, by the host's own package manager. They stay on removal. */
  packages: PackageRequirement[];
  /** Kernel modules that have to be loaded or built in. @example ["br_netfilter"] */
  kernelModules: string[];
  /** Kernel parameters in force. @example { "net.ipv4.ip_forward": "1" } */
  sysctls: Record<string, string>;
  /** Files that keep modules and parameters across a reboot. */
  files: FileMap;
  /** What is wrong besides these, in words. Only a refresh ever says so. @default [] */
  faults?: string[];
}

/** Arguments of {@link HostPrerequisites}; see {@link HostPrerequisitesInputs} for each field. */
export type HostPrerequisitesArgs = { [K in keyof HostPrerequisitesInputs]: pulumi.Input<HostPrerequisitesInputs[K]> };

/**
 * What a host needs before a service of ours can run: packages, kernel modules, kernel parameters, and the files that
 * bring the latter two back after a reboot. A refresh looks at what is in force, not only at the files.
 *
 * @example
 * new HostPrerequisites("node-1-prerequisites", { connection, packages, kernelModules: ["br_netfilter"], sysctls, files });
 */
export class HostPrerequisites extends DynamicResource {
  constructor(name: string, args: HostPrerequisitesArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = { faults: [], ...args, connection: connectionInput(args.connection) };
    super("HostPrerequisites", name, inputs, opts);
  }
}
