import * as path from "node:path";
import type { CommandResult } from "./machine/command";
import { machineDirectory, projectDirectory } from "./machine/directories";
import type { Binaries } from "./binaries/resolver";
import { takeDown } from "./down";
import { InterruptedError, LabError } from "./machine/errors";
import { readIfExists } from "./machine/files";
import { execOnHost } from "./hosts/hosts";
import { resetInterrupt } from "./machine/interrupt";
import { readState, settleOptions } from "./plan/labState";
import { type LabFiles, type LabLayout, layoutOf } from "./plan/layout";
import { withLock } from "./machine/lock";
import { completeOptions, type LabOptions } from "./plan/options";
import { requireRootOnLinux } from "./machine/prerequisites";
import type { Renderer } from "./machine/progress";
import { bringUp } from "./up";

/** A lab that is up, as tests use it. */
export interface Lab {
  name: string;
  /** Docker network and nftables table of the lab. */
  network: string;
  /** Kubeconfig of an administrator. */
  kubeconfigPath: string;
  /** All files of the lab. */
  files: LabFiles;
  /** Private key that opens every host as root and as admin. */
  sshKeyPath: string;
  knownHostsPath: string;
  /** Its API servers as host:port; the kubeconfig's is the first. */
  apiServers: string[];
  /** kubectl of the lab's version. */
  kubectlPath: string;
  hosts: LabHostAccess[];
  /** The older release that hosts of the lab may run, where `up` was asked for one. */
  olderRelease?: { version: string; binaries: Binaries };
  /** Runs a shell command on a host, as root, without SSH where it is a container; never throws for its exit code. */
  exec(host: string, command: string, input?: string): Promise<CommandResult>;
}

export interface LabHostAccess {
  name: string;
  address: string;
  /** Docker container that plays it; empty for a virtual machine. */
  container: string;
  /** Its SSH host key, "ssh-ed25519 AAAA...". */
  hostKey: string;
}

/**
 * Makes a lab, or completes one that is there. Interrupted, it removes a lab that this run began, and leaves one that
 * was there before for another `up` or for `down`.
 *
 * @example const lab = await labUp({ name: "e2e", subnet: "10.232.0.0/24" });
 */
export async function labUp(asked: Partial<LabOptions>, renderer: Renderer = "auto"): Promise<Lab> {
  requireRootOnLinux();
  const project = projectDirectory();
  const recorded = await readState(project, asked.name ?? "lab");
  const options = settleOptions(asked, recorded?.options);
  await exclusively(options.name, async () => {
    try {
      await bringUp(options, layoutOf(options, project), project, renderer, recorded);
    } catch (error) {
      if (error instanceof InterruptedError && recorded === undefined) {
        resetInterrupt();
        await takeDown(options.name, project, renderer);
      }
      throw error;
    }
  });
  return openLab(options.name);
}

/** Removes a lab; does nothing where there is none. */
export async function labDown(name = "lab", renderer: Renderer = "auto"): Promise<void> {
  requireRootOnLinux();
  await exclusively(name, () => takeDown(name, projectDirectory(), renderer));
}

/** Opens a lab that `up` has made. Throws {@link LabError} if there is none or it is not complete. */
export async function openLab(name = "lab"): Promise<Lab> {
  const state = await readState(projectDirectory(), name);
  if (!state?.complete || !state.binaries) {
    throw new LabError(`the lab "${name}" is ${state ? "not complete" : "not there"}`, "run `lab up`");
  }
  const layout = layoutOf(completeOptions(state.options), projectDirectory());
  const { files } = layout;
  const version = state.options.olderKubernetesVersion;
  return {
    name,
    network: layout.network,
    kubeconfigPath: files.kubeconfig,
    files,
    sshKeyPath: files.sshKey,
    knownHostsPath: files.knownHosts,
    apiServers: layout.apiServerPorts.map((port) => `${layout.gateway}:${port}`),
    kubectlPath: state.binaries.kubectl?.path ?? "kubectl",
    hosts: await hostAccess(layout),
    olderRelease: version === undefined ? undefined : { version, binaries: state.olderBinaries ?? {} },
    exec: (name, command, input) => {
      const host = layout.hosts.find((candidate) => candidate.name === name);
      if (!host) throw new Error(`the lab has no host ${name}`);
      return execOnHost(host, command, input);
    },
  };
}

async function hostAccess(layout: LabLayout): Promise<LabHostAccess[]> {
  return Promise.all(
    layout.hosts.map(async ({ name, address, container, directory }) => {
      const line = (await readIfExists(path.join(directory, "ssh_host_ed25519_key.pub"))) ?? "";
      return { name, address, container, hostKey: line.trim().split(" ").slice(0, 2).join(" ") };
    }),
  );
}

async function exclusively(name: string, body: () => Promise<void>): Promise<void> {
  const lock = path.join(machineDirectory(), `lab-${name}.lock`);
  await withLock(lock, () => console.error(`waiting for another run on the lab "${name}"`), body);
}
