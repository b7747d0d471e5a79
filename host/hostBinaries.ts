import * as pulumi from "@pulumi/pulumi";
import type { Artifact } from "./artifact";
import { connectionInput } from "./connection";
import type { HostInputs } from "./hostChange";
import { DynamicResource } from "../base/dynamicResource";

/** Inputs of {@link HostBinaries}, as the provider sees them. */
export interface HostBinariesInputs extends HostInputs {
  /** Name of this set of binaries, unique on the host; it names the list of what was installed. @example "cni-plugins" */
  setName: string;
  /** The release archive, a gzipped tar. */
  archive: Artifact;
  /** Directory that the binaries are installed in; made when it is missing. @example "/opt/cni/bin" */
  directory: string;
  /** Names of the archive's members to install; after a refresh, those that are there unchanged. @example ["bridge", "host-local"] */
  members: string[];
  /** What is wrong besides the members, in words. Only a refresh ever says so. @default [] */
  faults?: string[];
}

/** What the provider remembers beside its inputs. */
export interface HostBinariesOutputs extends HostBinariesInputs {
  /** Path -> hex SHA-256 of each installed binary. */
  installed: Record<string, string>;
  /** Directories that were made for them. */
  made: string[];
}

/** Arguments of {@link HostBinaries}; see {@link HostBinariesInputs} for each field. */
export type HostBinariesArgs = { [K in keyof HostBinariesInputs]: pulumi.Input<HostBinariesInputs[K]> };

/**
 * Binaries of a release archive, checked by SHA-256 and put in place by rename, so that a running process keeps the file it
 * started from. Nothing is sent when every member is there already.
 *
 * @example
 * new HostBinaries("node-1-cni-plugins", { connection, setName: "cni-plugins", archive, directory: "/opt/cni/bin", members: ["bridge"] });
 */
export class HostBinaries extends DynamicResource {
  /** Path -> hex SHA-256 of each installed binary. */
  declare public readonly installed: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: HostBinariesArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { installed: undefined, made: undefined };
    const inputs = { faults: [], ...args, connection: connectionInput(args.connection), ...outputs };
    super({ type: "HostBinaries", module: "host/hostBinariesProvider.js" }, name, inputs, opts);
  }
}
