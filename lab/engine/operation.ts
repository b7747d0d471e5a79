/** The operations on a stack, each from reading its files to the last line of output. */
import { DeploymentInfo } from "@pulumi/pulumi/proto/resource_pb";
import { Checkpoint } from "./checkpoint";
import { generateDeletes, scheduleDeletes } from "./deletes";
import { Display } from "./display";
import { createEngineService } from "./engineService";
import { allOf, EventLog } from "./eventLog";
import { exitCodes } from "./exitCodes";
import { interruptNotice, onInterrupts } from "./interrupts";
import { Lock } from "./lock";
import { Masker } from "./masking";
import { createMonitor } from "./monitor";
import { PluginHost } from "./pluginHost";
import { ChildProcesses } from "./pluginProcess";
import { configJson, startProgram } from "./program";
import { type Project, readProject } from "./project";
import { ProviderRegistry } from "./providerRegistry";
import { refreshBase } from "./refresh";
import { Registrar } from "./registrar";
import { Run } from "./run";
import { readStackConfig, type StackConfig } from "./stackConfig";
import { startServer } from "./server";
import { readState, type StackState } from "./stateFile";
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

class Operation {
  private readonly dryRun: boolean;
  private readonly display: Display;
  private readonly children: ChildProcesses;
  private readonly host: PluginHost;
  private readonly checkpoint: Checkpoint;
  private readonly run: Run;
  private readonly registrar: Registrar;
  private readonly stackUrn: string;
  private interrupted = false;

  constructor(
    private readonly options: OperationOptions,
    private readonly project: Project,
    private readonly config: StackConfig,
    state: StackState,
    private readonly lock: Lock | undefined,
  ) {
    const { command, stack } = options;
    this.dryRun = command === "preview" || options.previewOnly;
    this.stackUrn = createUrn(stack, project.name, "", stackType, `${project.name}-${stack}`);
    const masker = new Masker(config);
    const title = titles[command][this.dryRun ? 1 : 0] ?? command;
    this.display = new Display({
      ...options,
      stackUrn: this.stackUrn,
      masker,
      title,
      dryRun: this.dryRun,
      countRefresh: command === "refresh",
    });
    state.snapshot.resources.forEach(({ inputs, outputs }) => {
      masker.observe(inputs);
      masker.observe(outputs);
    });
    this.children = new ChildProcesses((pids) => lock?.setChildren(pids));
    this.host = new PluginHost({
      children: this.children,
      programDirectory: project.programDirectory,
      project: project.name,
      config: configJson(config),
      preview: this.dryRun,
      log: (line, dynamic) => {
        this.display.log(dynamic ? "info" : "debug", line, "");
      },
    });
    const registry = new ProviderRegistry(this.host, this.dryRun);
    this.checkpoint = new Checkpoint(this.dryRun ? undefined : options.stateFile, state.snapshot, state.vault);
    const eventLog =
      options.eventLog === undefined ? [] : [new EventLog(options.eventLog, (text) => masker.maskMessage(text))];
    const runOptions = { ...options, project: project.name, dryRun: this.dryRun };
    this.run = new Run(runOptions, state.snapshot, registry, this.checkpoint, allOf(this.display, ...eventLog));
    this.registrar = new Registrar(this.run, config);
  }

  /** @returns the exit code. */
  async perform(): Promise<number> {
    const { command } = this.options;
    const info = new DeploymentInfo().setProject(this.project.name).setStack(this.options.stack);
    info.setOrganization(this.options.organization).setDryrun(this.dryRun).setParallel(this.options.parallel);
    const log = this.run.events.log.bind(this.run.events);
    const server = await startServer(createMonitor(this.run, this.registrar, info), createEngineService(log));
    this.host.engineAddress = server.address;
    const stopListening = this.listenForSignals();
    this.run.registry.prepare(this.run.base.resources);
    try {
      if (command === "refresh" || this.options.refresh) {
        this.checkpoint.clearPending(this.options.clearPendingCreates);
        await refreshBase(this.run);
      } else {
        this.warnOfPending();
      }
      if (command !== "refresh" && !(this.options.refresh && this.run.hasFailed)) {
        await this.change(server.address);
      }
    } catch (error) {
      this.run.fail(error, this.stackUrn);
    } finally {
      stopListening();
      await this.host.closeAll();
      server.stop();
    }
    return this.conclude();
  }

  /** Runs the program, if the operation has one, and deletes what is left over. */
  private async change(address: string): Promise<void> {
    const { run } = this;
    const complete = this.options.command === "destroy" || (await this.runProgram(address));
    if (complete && run.cancelled === undefined) {
      const deletes = await generateDeletes(run, this.registrar.generator);
      await this.registrar.executor.runDeletes(scheduleDeletes(run, deletes));
    }
    await this.registrar.executor.idle();
  }

  private async runProgram(address: string): Promise<boolean> {
    const { run, registrar, project, config, children, dryRun, options } = this;
    const program = startProgram({
      ...options,
      children,
      project,
      config,
      dryRun,
      address,
      log: (line) => {
        this.display.log("info", line, this.stackUrn);
      },
    });
    run.onCancel(() => void registrar.executor.idle().then(() => program.stop()));
    const problem = await program.ended;
    await registrar.executor.idle();
    if (problem !== undefined && run.cancelled === undefined) {
      run.fail(problem, this.stackUrn);
    }
    return problem === undefined;
  }

  private warnOfPending(): void {
    const { pendingOperations } = this.run.base;
    if (pendingOperations.length > 0 && !this.dryRun) {
      const list = pendingOperations
        .map(({ resource, type }) => `\n  * ${resource.urn}, interrupted while ${type}`)
        .join("");
      this.display.log(
        "warning",
        `Attempting to deploy or update resources with ${String(pendingOperations.length)} pending operations from previous deployment.${list}\n` +
          "These resources are in an unknown state because the engine was interrupted while waiting for changes to them to complete.\n" +
          "Once you have confirmed what became of them, `refresh` clears the list; --clear-pending-creates clears creations too.",
        this.stackUrn,
      );
    }
  }

  private listenForSignals(): () => void {
    return onInterrupts(
      () => {
        this.interrupted = true;
        this.display.log("warning", interruptNotice, "");
        this.run.cancel("the run was interrupted");
        void this.host.cancel();
      },
      () => {
        this.children.signalAll("SIGKILL");
        this.lock?.release();
        process.exit(exitCodes.cancelled);
      },
    );
  }

  private async conclude(): Promise<number> {
    const { run, display, options } = this;
    const outputs = await this.registrar.finishStack();
    await this.checkpoint.save();
    const failed = run.hasFailed || this.interrupted;
    if (failed) {
      const what = options.command === "up" ? "update" : options.command;
      const urns = options.continueOnError ? [...run.failed].map((urn) => `\n${urn}`).join("") : "";
      display.log("error", this.interrupted ? `${what} canceled` : `${what} failed${urns}`, this.stackUrn);
    }
    display.summary(outputs);
    if (!failed && options.expectNoChanges && display.hasChanges) {
      options.write(`\nerror: no changes were expected but changes ${this.dryRun ? "were proposed" : "occurred"}\n`);
      return exitCodes.unexpectedChanges;
    }
    return failed ? exitCodes.error : exitCodes.success;
  }
}

/**
 * Performs an operation.
 * @returns the exit code.
 * @throws Error where it cannot even begin: files that are missing or wrong, a stack that is locked.
 */
export async function operate(options: OperationOptions): Promise<number> {
  const project = readProject(options.cwd);
  const config = readStackConfig(options.configFile, options.stack, project);
  const lock =
    options.command === "preview" || options.previewOnly ? undefined : Lock.take(`${options.stateFile}.lock`);
  try {
    const state = readState(options.stateFile, options.configFile);
    return await new Operation(options, project, config, state, lock).perform();
  } finally {
    lock?.release();
  }
}
