import * as pulumi from "@pulumi/pulumi";
import { connectionInput } from "./connection";
import { toBeSealed } from "./files";
import type { FileMap } from "./files";
import type { Script } from "../base/script";
import type { HostInputs, Instance } from "./hostInputs";
import { DynamicResource } from "../base/dynamicResource";

/** Inputs of {@link SystemdService}, as the provider sees them. */
export interface SystemdServiceInputs extends HostInputs {
  /** Name of the unit. @example "kubelet.service" */
  unitName: string;
  /** Text of the unit, written to /etc/systemd/system. Left out for a unit that the host brought: then only its files are ours. */
  unit?: string;
  /** Files that the service reads. */
  files?: FileMap;
  /** Files with secrets: the state has their digests, encrypted; never shown. */
  secretFiles?: FileMap;
  /**
   * Binaries that the unit starts: path -> hex SHA-256. They are there already, by {@link HostBinaries}, at paths of their version.
   * @example { "/opt/kubernetes/bin/1.37.2-0a1b2c3d4e5f/kubelet": sha256 }
   */
  programs?: Record<string, string>;
  /** Directories the service needs, created with mode 0755. */
  directories?: string[];
  /** Ends with status 0 when the service works, within a time of its own; it prints why when not. */
  healthCheck: Script;
  /** Runs on removal, after the service stopped and while its files are still there, and after the first version that did not hold. */
  cleanup?: Script;
  /** Brings files that the service wrote itself to what the settings say, before the restart; prints `changed|PATH` for each. */
  adjust?: Script;
  /**
   * Takes away what versions before have left on the host and the one that runs has no use for. Runs at the end of each change, once
   * the service has held; where it fails the change was not finished, and the next `up` does it again.
   */
  tidy?: Script;
  /** Paths that `adjust` may change: they come back when the change does not hold. */
  adjusts?: string[];
  /** Only looks, on a refresh; prints `fault|...` for what the next `up` repairs, `foreign|...` for what is not ours. */
  look?: Script;
  /** What is wrong besides the files, in words. Only a refresh ever says so. @default [] */
  faults?: string[];
  /** Whether the unit runs. Only a refresh ever says otherwise. @default true */
  active?: boolean;
  /** Whether the unit starts at boot. Only a refresh ever says otherwise. @default true */
  enabled?: boolean;
}

/** What the provider remembers beside its inputs. */
export interface SystemdServiceOutputs extends SystemdServiceInputs, Instance {
  /** What the last refresh saw at the service's places that is not ours, in words. */
  told: string[];
  /** Paths that a change which was finished has written, where they are not those of the unit and the files. */
  written?: string[];
  /** Directories that were made for them. */
  made: string[];
  /** Clean-up that a change which was not finished has yet to run. */
  owed?: Script;
}

/** Arguments of {@link SystemdService}; see {@link SystemdServiceInputs} for each field. */
export type SystemdServiceArgs = { [K in keyof SystemdServiceInputs]: pulumi.Input<SystemdServiceInputs[K]> };

/**
 * A systemd unit, the files it reads and its health check as one transaction: everything is staged beside
 * its place, swapped, and the unit restarted only if the running process has not read what is there now; when it does not come up
 * healthy the version before is put back and the change fails with the reason.
 *
 * @example
 * new SystemdService("node-1-kubelet", { connection, unitName: "kubelet.service", unit, files, programs, healthCheck });
 */
export class SystemdService extends DynamicResource {
  /** What the last refresh saw at the service's places that is not ours, in words. */
  declare public readonly told: pulumi.Output<string[]>;

  constructor(name: string, args: SystemdServiceArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = {
      active: true,
      enabled: true,
      faults: [],
      ...args,
      told: undefined,
      written: undefined,
      made: undefined,
      connection: connectionInput(args.connection),
    };
    const secretFiles =
      args.secretFiles === undefined ? {} : { secretFiles: pulumi.secret(args.secretFiles).apply(toBeSealed) };
    const secrets = { additionalSecretOutputs: ["secretFiles"] };
    super("SystemdService", name, { ...inputs, ...secretFiles }, pulumi.mergeOptions(secrets, opts));
  }
}
