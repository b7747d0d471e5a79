import * as pulumi from "@pulumi/pulumi";
import type { Artifact, ArtifactMap } from "./artifact";
import { connectionInput } from "./connection";
import type { HostInputs, Instance } from "./hostInputs";
import { DynamicResource } from "../base/dynamicResource";

/** Inputs of {@link HostBinaries}, as the provider sees them. */
export interface HostBinariesInputs extends HostInputs {
  /** Name of this set of binaries, unique on the host; it names the list of what was installed. @example "binaries" */
  setName: string;
  /**
   * Programs that units start, each at a path of its version and content, so that versions are side by side and one is never
   * written over; after a refresh with the digests that are there. @example { "/opt/app/bin/1.2-0a1b2c3d4e5f/app": { source, sha256 } }
   */
  programs: ArtifactMap;
  /** A release archive, a gzipped tar. @default none */
  archive?: Artifact;
  /** Directory that the archive's binaries are installed in; made when it is missing. @example "/opt/cni/bin" */
  directory?: string;
  /** Names of the archive's members to install; after a refresh, those that are there unchanged. @example ["bridge", "host-local"] */
  members: string[];
  /** What is wrong besides, in words. Only a refresh ever says so. @default [] */
  faults?: string[];
}

/** What the provider remembers beside its inputs. */
export interface HostBinariesOutputs extends HostBinariesInputs, Instance {
  /** Path -> hex SHA-256 of each installed binary. */
  installed: Record<string, string>;
  /** Directories that were made for them. */
  made: string[];
}

/** Arguments of {@link HostBinaries}; see {@link HostBinariesInputs} for each field. */
export type HostBinariesArgs = { [K in keyof HostBinariesInputs]: pulumi.Input<HostBinariesInputs[K]> };

/**
 * Binaries on a host, sent compressed or fetched by the host itself, checked by SHA-256 and put in place by rename, so that a running
 * process keeps the file it started from. They come while other resources of the host change; nothing is sent of what is there. A
 * version that is not wanted any more stays until no unit starts it.
 *
 * @example
 * new HostBinaries("node-1-binaries", { connection, claim, setName: "binaries", programs, archive, directory: "/opt/cni/bin", members: ["bridge"] });
 */
export class HostBinaries extends DynamicResource {
  /** Path -> hex SHA-256 of each installed binary. */
  declare public readonly installed: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: HostBinariesArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { installed: undefined, made: undefined };
    const inputs = { faults: [], ...args, connection: connectionInput(args.connection), ...outputs };
    super("HostBinaries", name, inputs, opts);
  }
}
