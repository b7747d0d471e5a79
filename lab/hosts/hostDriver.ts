import type { CommandResult } from "../machine/command";
import type { LabHost, LabLayout } from "../plan/layout";
import type { LabOptions } from "../plan/options";
import type { SshKeys } from "./sshKeys";

/** What hosts are made of. */
export interface HostMedia {
  /** Docker image of those that are containers. */
  image: string;
  /** Of those that are virtual machines; only where the lab has some. */
  vm?: VmMedia;
}

/** Files of this machine that every virtual machine starts from. */
export interface VmMedia {
  /** Raw disk with the system; each host writes to a layer of its own above it. */
  disk: string;
  kernel: string;
  initrd: string;
}

/** Everything about a lab that a host is made with. */
export interface HostPlan {
  options: LabOptions;
  layout: LabLayout;
  media: HostMedia;
  keys: SshKeys;
}

/** How hosts of one kind are made, started and talked to. */
export interface HostDriver {
  /** A word for its state, "running" where it runs; undefined where there is no such host. */
  state(host: LabHost): Promise<string | undefined>;
  /** Makes it where it is not there, and starts it. */
  start(host: LabHost, plan: HostPlan): Promise<void>;
  /** Runs a shell command as root; never throws for its exit code. */
  exec(host: LabHost, command: string, input?: string): Promise<CommandResult>;
  /** Removes those of a lab that are not among these, with their disks. Returns their names. */
  removeOthers(layout: LabLayout, options: LabOptions): Promise<string[]>;
  /** A command by which a person looks around on it. */
  wayIn(host: LabHost): string;
}
