/** The operations on a stack, each from reading its files to the last line of output. */
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { Checkpoint, readState } from "./checkpoint";
import { Display, type DisplayOptions } from "./display";
import { type RunEvents, writeEventLog } from "./events";
import { Executor } from "./executor";
import { takeLock } from "./lock";
import { Masker } from "./masking";
import { startPlugin } from "./plugins";
import { startProgram } from "./program";
import { type Project, readProject } from "./project";
import { Providers } from "./providers";
import { refreshBase } from "./refresh";
import { Registrar } from "./registrar";
import { serve } from "./rpc";
import { CancelledError, Run, type RunOptions } from "./run";
import { createEngineService, createMonitor } from "./services";
import { readSalt, readStackConfig, type StackConfig } from "./stackConfig";
import { StepGenerator } from "./stepGenerator";
import { createUrn, stackType } from "./urn";

export interface OperationOptions
  extends Omit<RunOptions, "project" | "dryRun">, Pick<DisplayOptions, "diff" | "verbose"> {
  command: "preview" | "up" | "refresh" | "destroy";
  /** Folder with Pulumi.yaml. */
  cwd: string;
  configFile: string;
  /** The checkpoint. */
  state: string;
  expectNoChanges: boolean;
  /** Look at what is really there first. */
  refresh: boolean;
  /** Only say what would be done. */
  previewOnly: boolean;
  clearPendingCreates: boolean;
  /** Where to write the run as JSON lines too. */
  eventLog: string | undefined;
}

/**
 * The CLI's exit codes, as far as they apply; `cancelled` is for an operation ended at once by a second Ctrl-C.
 * Source: sdk/go/common/util/cmdutil/exit.go.
 */
export const exitCodes = { success: 0, error: 1, unexpectedChanges: 7, cancelled: 8 } as const;

/** What an operation is called while it runs, and in a preview. */
const titles = {
  preview: ["Previewing update", "Previewing update"],
  up: ["Updating", "Previewing update"],
  refresh: ["Refreshing", "Previewing refresh"],
  destroy: ["Destroying", "Previewing destroy"],
} as const;

class Operation {
  private readonly dryRun: boolean;
  private readonly stackUrn: string;
  private readonly events: RunEvents = new EventEmitter();
  private readonly display: Display;
  private readonly run: Run;
  private readonly executor: Executor;
  private readonly registrar: Registrar;
  private engineAddress = "";

  constructor(
    private readonly options: OperationOptions,
    private readonly project: Project,
    private readonly config: StackConfig,
  ) {
    const { events } = this;
    const { command, stack, state, eventLog, configFile } = options;
    const isRefresh = command === "refresh";
    const dryRun = (this.dryRun = command === "preview" || options.previewOnly);
    const masker = new Masker(config);
    this.stackUrn = createUrn(stack, project.name, "", stackType, `${project.name}-${stack}`);
    const title = titles[command][dryRun ? 1 : 0];
    const display = { ...options, stackUrn: this.stackUrn, masker, title, dryRun, countRefresh: isRefresh };
    const { snapshot, vault } = readState(state, existsSync(configFile) ? readSalt(configFile) : undefined);
    snapshot.resources.forEach(({ inputs, outputs }) => masker.observe([inputs, outputs]));
    this.display = new Display(events, display);
    if (eventLog !== undefined)
      writeEventLog(events, eventLog, (text) => masker.maskMessage(text), { isRefresh, isPreview: dryRun });
    const log = (line: string, dynamic: boolean) => this.log(dynamic ? "info" : "debug", line, "");
    const providers = new Providers(snapshot, dryRun, (name, version) =>
      startPlugin(name, version, { project, config, engineAddress: this.engineAddress, log }),
    );
    const checkpoint = new Checkpoint(dryRun ? undefined : state, snapshot, vault);
    this.run = new Run({ ...options, project: project.name, dryRun }, snapshot, providers, checkpoint, events);
    const generator = new StepGenerator(this.run);
    this.executor = new Executor(this.run, generator);
    this.registrar = new Registrar(this.run, generator, this.executor, config);
  }

  private log(severity: "debug" | "info" | "warning" | "error", message: string, urn = this.stackUrn): void {
    this.events.emit("log", severity, message, urn);
  }

  /** @returns the exit code. */
  async perform(): Promise<number> {
    const { run, registrar } = this;
    const { address } = await serve(
      [ResourceMonitorService, createMonitor(run, registrar)],
      [EngineService, createEngineService(run)],
    );
    this.engineAddress = address;
    this.handleInterrupts();
    try {
      await this.work();
    } catch (error) {
      if (!(error instanceof CancelledError)) run.fail(error, this.stackUrn);
    }
    run.end();
    return this.conclude();
  }

  /** The first interrupt lets running steps end, the second ends everything at once. */
  private handleInterrupts(): void {
    const notice =
      "interrupted; running steps are left to end. Interrupt again to end at once, which may lead to orphaned resources.";
    const interrupt = (): void => {
      if (this.run.interrupted) process.exit(exitCodes.cancelled);
      this.log("warning", notice, "");
      this.run.interrupt();
      void this.run.providers.cancel();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, interrupt);
  }

  private async work(): Promise<void> {
    const { run, executor, options } = this;
    if (options.command === "refresh" || options.refresh) {
      const stays = ({ type }: { type: string }): boolean => type === "creating" && !options.clearPendingCreates;
      run.base.pendingOperations = run.base.pendingOperations.filter(stays);
      await refreshBase(run);
    } else this.warnOfPending();
    if (options.command === "refresh" || run.hasFailed) return;
    if (options.command === "destroy") await executor.runDeletes();
    else await this.runProgram();
    await executor.idle();
  }

  /**
   * Runs the program, and deletes what it no longer registers once it says that it has registered everything. It may end
   * before that or live on until then; how it ends counts.
   */
  private async runProgram(): Promise<void> {
    const { run, executor, events, options, project, config, dryRun, engineAddress: address } = this;
    const said = once(events, "programComplete").then(() => true);
    const log = (line: string) => this.log("info", line);
    const program = startProgram({ ...options, project, config, dryRun, address, log });
    run.onCancel(() => void executor.idle().then(program.stop));
    const complete = await Promise.race([said, program.ended.then((problem) => problem === undefined)]);
    await executor.idle();
    if (complete && !run.cancelled) await executor.runDeletes();
    events.emit("over");
    const problem = await program.ended;
    if (problem !== undefined && !run.cancelled) run.fail(problem, this.stackUrn);
  }

  private warnOfPending(): void {
    const { pendingOperations } = this.run.base;
    if (pendingOperations.length === 0 || this.dryRun) return;
    const message = [
      `Attempting to deploy or update resources with ${pendingOperations.length} pending operations from previous deployment.`,
      ...pendingOperations.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`),
      "These resources are in an unknown state because the engine was interrupted while it waited for changes to them.",
      "Once you have confirmed what became of them, `refresh` clears the list; --clear-pending-creates creations too.",
    ];
    this.log("warning", message.join("\n"));
  }

  /** Writes and says how it ended. @returns the exit code. */
  private async conclude(): Promise<number> {
    const { run, options, display, dryRun } = this;
    const outputs = await this.registrar.finishStack();
    await run.checkpoint.save();
    const failed = run.hasFailed || run.interrupted;
    if (failed) {
      const what = dryRun ? "preview" : options.command === "up" ? "update" : options.command;
      const urns = options.continueOnError ? [...run.failed].map((urn) => `\n${urn}`).join("") : "";
      this.log("error", run.interrupted ? `${what} canceled` : `${what} failed${urns}`);
    }
    display.summary(outputs);
    if (failed || !options.expectNoChanges || !display.hasChanges) return failed ? exitCodes.error : exitCodes.success;
    process.stdout.write(`\nerror: no changes were expected but changes ${dryRun ? "were proposed" : "occurred"}\n`);
    return exitCodes.unexpectedChanges;
  }
}

/**
 * Performs an operation.
 * @returns the exit code; the processes it started end with the engine's own.
 * @throws Error where it cannot even begin: files that are missing or wrong, a stack that is locked.
 */
export async function operate(options: OperationOptions): Promise<number> {
  const project = readProject(options.cwd);
  const config = readStackConfig(options.configFile, options.stack, project);
  if (options.command !== "preview" && !options.previewOnly) await takeLock(options.state);
  return new Operation(options, project, config).perform();
}
