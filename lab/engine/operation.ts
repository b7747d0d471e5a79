/** The operations on a stack, each from reading its files to the last line of output. */
import { DeploymentInfo } from "@pulumi/pulumi/proto/resource_pb";
import { generateDeletes, scheduleDeletes } from "./deletes";
import { createEngineService } from "./engineService";
import { exitCodes } from "./exitCodes";
import { interruptNotice, onInterrupts } from "./interrupts";
import { Lock } from "./lock";
import { createMonitor } from "./monitor";
import { startProgram } from "./program";
import { readProject } from "./project";
import { refreshBase } from "./refresh";
import { CancelledError } from "./run";
import { startServer } from "./server";
import { createSession, type OperationOptions, type Session } from "./session";
import { readStackConfig } from "./stackConfig";
import { readState } from "./stateFile";

/** Runs the program. @returns whether it registered everything it has. */
async function runProgram(session: Session, address: string): Promise<boolean> {
  const { run, registrar, stackUrn } = session;
  const program = startProgram({
    ...session,
    ...session.options,
    dryRun: run.dryRun,
    address,
    log: (line) => {
      run.events.log("info", line, stackUrn);
    },
  });
  run.onCancel(() => void registrar.executor.idle().then(() => program.stop()));
  const problem = await program.ended;
  await registrar.executor.idle();
  if (problem !== undefined && run.cancelled === undefined) {
    run.fail(problem, stackUrn);
  }
  return problem === undefined;
}

/** Runs the program, if the operation has one, and deletes what is left over. */
async function change(session: Session, address: string): Promise<void> {
  const { run, registrar, options } = session;
  const complete = options.command === "destroy" || (await runProgram(session, address));
  if (complete && run.cancelled === undefined) {
    const deletes = await generateDeletes(run, registrar.generator);
    await registrar.executor.runDeletes(scheduleDeletes(run, deletes));
  }
  await registrar.executor.idle();
}

function warnOfPending({ run, stackUrn }: Session): void {
  const { pendingOperations } = run.base;
  if (pendingOperations.length === 0 || run.dryRun) {
    return;
  }
  const count = String(pendingOperations.length);
  run.events.log(
    "warning",
    [
      `Attempting to deploy or update resources with ${count} pending operations from previous deployment.`,
      ...pendingOperations.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`),
      "These resources are in an unknown state because the engine was interrupted while it waited for changes to them.",
      "Once you have confirmed what became of them, `refresh` clears the list; --clear-pending-creates creations too.",
    ].join("\n"),
    stackUrn,
  );
}

/** The first interrupt lets running steps end, a second one ends everything at once. */
function handleInterrupts({ run, host, children, lock }: Session): () => void {
  return onInterrupts(
    () => {
      run.events.log("warning", interruptNotice, "");
      run.interrupt();
      void host.cancel();
    },
    () => {
      children.signalAll("SIGKILL");
      lock?.release();
      process.exit(exitCodes.cancelled);
    },
  );
}

async function work(session: Session, address: string): Promise<void> {
  const { run, checkpoint, options } = session;
  run.registry.prepare(run.base.resources);
  if (options.command === "refresh" || options.refresh) {
    checkpoint.clearPending(options.clearPendingCreates);
    await refreshBase(run);
  } else {
    warnOfPending(session);
  }
  if (options.command !== "refresh" && !run.hasFailed) {
    await change(session, address);
  }
}

/** Writes and says how it ended. @returns the exit code. */
async function conclude({ run, registrar, checkpoint, display, options, stackUrn }: Session): Promise<number> {
  const outputs = await registrar.finishStack();
  await checkpoint.save();
  const failed = run.hasFailed || run.interrupted;
  if (failed) {
    const what = run.dryRun ? "preview" : options.command === "up" ? "update" : options.command;
    const urns = options.continueOnError ? [...run.failed].map((urn) => `\n${urn}`).join("") : "";
    run.events.log("error", run.interrupted ? `${what} canceled` : `${what} failed${urns}`, stackUrn);
  }
  display.summary(outputs);
  if (!failed && options.expectNoChanges && display.hasChanges) {
    options.write(`\nerror: no changes were expected but changes ${run.dryRun ? "were proposed" : "occurred"}\n`);
    return exitCodes.unexpectedChanges;
  }
  return failed ? exitCodes.error : exitCodes.success;
}

async function perform(session: Session): Promise<number> {
  const { run, registrar, project, options, host } = session;
  const info = new DeploymentInfo().setProject(project.name).setStack(options.stack);
  info.setOrganization(options.organization).setDryrun(run.dryRun).setParallel(options.parallel);
  const engine = createEngineService((...message) => {
    run.events.log(...message);
  });
  const server = await startServer(createMonitor(run, registrar, info), engine);
  host.engineAddress = server.address;
  const stopListening = handleInterrupts(session);
  try {
    await work(session, server.address);
  } catch (error) {
    if (!(error instanceof CancelledError)) {
      run.fail(error, session.stackUrn);
    }
  } finally {
    run.end();
    stopListening();
    await host.closeAll();
    server.stop();
  }
  return conclude(session);
}

/**
 * Performs an operation.
 * @returns the exit code.
 * @throws Error where it cannot even begin: files that are missing or wrong, a stack that is locked.
 */
export async function operate(options: OperationOptions): Promise<number> {
  const project = readProject(options.cwd);
  const config = readStackConfig(options.configFile, options.stack, project);
  const readOnly = options.command === "preview" || options.previewOnly;
  const lock = readOnly ? undefined : Lock.take(`${options.stateFile}.lock`);
  try {
    const state = readState(options.stateFile, options.configFile);
    return await perform(createSession(options, project, config, state, lock));
  } finally {
    lock?.release();
  }
}
