/** The parts of one operation, made for one another. */
import { Checkpoint } from "./checkpoint";
import { ChildProcesses } from "./childProcesses";
import { Display } from "./display";
import { allOf, EventLog } from "./eventLog";
import type { Lock } from "./lock";
import { Masker } from "./masking";
import { PluginHost } from "./pluginHost";
import { configJson } from "./program";
import type { Project } from "./project";
import { ProviderRegistry } from "./providerRegistry";
import { Registrar } from "./registrar";
import { Run } from "./run";
import type { StackConfig } from "./stackConfig";
import type { StackState } from "./stateFile";
import { createUrn, stackType } from "./urn";

export interface OperationOptions {
  command: "preview" | "up" | "refresh" | "destroy";
  /** Folder with Pulumi.yaml. */
  cwd: string;
  stack: string;
  configFile: string;
  stateFile: string;
  organization: string;
  parallel: number;
  continueOnError: boolean;
  expectNoChanges: boolean;
  /** Look at what is really there first. */
  refresh: boolean;
  /** Only say what would be done. */
  previewOnly: boolean;
  clearPendingCreates: boolean;
  diff: boolean;
  verbose: boolean;
  /** Where to write the run as JSON lines too. */
  eventLog: string | undefined;
  write: (text: string) => void;
}

const titles = {
  preview: ["Previewing update", "Previewing update"],
  up: ["Updating", "Previewing update"],
  refresh: ["Refreshing", "Previewing refresh"],
  destroy: ["Destroying", "Previewing destroy"],
};

export interface Session {
  options: OperationOptions;
  project: Project;
  config: StackConfig;
  /** Undefined in a preview, which needs none. */
  lock: Lock | undefined;
  stackUrn: string;
  display: Display;
  children: ChildProcesses;
  host: PluginHost;
  checkpoint: Checkpoint;
  run: Run;
  registrar: Registrar;
}

function createDisplay(options: OperationOptions, dryRun: boolean, stackUrn: string, masker: Masker): Display {
  const title = titles[options.command][dryRun ? 1 : 0] ?? options.command;
  return new Display({ ...options, stackUrn, masker, title, dryRun, countRefresh: options.command === "refresh" });
}

export function createSession(
  options: OperationOptions,
  project: Project,
  config: StackConfig,
  { snapshot, vault }: StackState,
  lock: Lock | undefined,
): Session {
  const dryRun = options.command === "preview" || options.previewOnly;
  const stackUrn = createUrn(options.stack, project.name, "", stackType, `${project.name}-${options.stack}`);
  const masker = new Masker(config);
  snapshot.resources.forEach(({ inputs, outputs }) => {
    masker.observe([inputs, outputs]);
  });
  const display = createDisplay(options, dryRun, stackUrn, masker);
  const children = new ChildProcesses((pids) => lock?.setChildren(pids));
  const host = new PluginHost({
    children,
    programDirectory: project.programDirectory,
    project: project.name,
    config: configJson(config),
    preview: dryRun,
    log: (line, dynamic) => {
      display.log(dynamic ? "info" : "debug", line, "");
    },
  });
  const checkpoint = new Checkpoint(dryRun ? undefined : options.stateFile, snapshot, vault);
  const { eventLog } = options;
  const events =
    eventLog === undefined
      ? display
      : allOf(display, new EventLog(eventLog, (text) => masker.maskMessage(text), options.command === "refresh"));
  const registry = new ProviderRegistry(host, dryRun);
  const run = new Run({ ...options, project: project.name, dryRun }, snapshot, registry, checkpoint, events);
  const registrar = new Registrar(run, config);
  return { options, project, config, lock, stackUrn, display, children, host, checkpoint, run, registrar };
}
