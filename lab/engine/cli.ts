#!/usr/bin/env node
/** Command line of the lab's engine: the commands and flags of the Pulumi CLI that it has an answer for. */
import { Command, InvalidArgumentError } from "commander";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { exitCodes } from "./exitCodes";
import { operate } from "./operation";
import { messageOf } from "./rpc";
import type { OperationOptions } from "./session";
import { exportStack, importStack } from "./stackFiles";

interface Flags {
  cwd: string;
  stack: string;
  configFile?: string;
  state: string;
  file?: string;
  yes?: boolean;
  diff?: boolean;
  verbose?: boolean;
  eventLog?: string;
  continueOnError?: boolean;
  expectNoChanges?: boolean;
  refresh?: boolean;
  previewOnly?: boolean;
  clearPendingCreates?: boolean;
  parallel: number;
  organization: string;
  force?: boolean;
}

/** Steps that run at a time by default: as with Pulumi, four for each processor. */
const stepsPerProcessor = 4;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("a whole number from 1 on is wanted.");
  }
  return number;
}

const configFileOf = ({ cwd, configFile, stack }: Flags): string => resolve(cwd, configFile ?? `Pulumi.${stack}.yaml`);

async function run(command: OperationOptions["command"], flags: Flags): Promise<void> {
  if (command !== "preview" && flags.yes !== true && flags.previewOnly !== true) {
    throw new Error(`--yes must be passed in to proceed with ${command}; preview says beforehand what would be done`);
  }
  process.exitCode = await operate({
    command,
    cwd: resolve(flags.cwd),
    stack: flags.stack,
    configFile: configFileOf(flags),
    stateFile: resolve(flags.state),
    organization: flags.organization,
    parallel: flags.parallel,
    continueOnError: flags.continueOnError === true,
    expectNoChanges: flags.expectNoChanges === true,
    refresh: flags.refresh === true,
    previewOnly: flags.previewOnly === true,
    clearPendingCreates: flags.clearPendingCreates === true,
    diff: flags.diff === true,
    verbose: flags.verbose === true,
    eventLog: flags.eventLog,
    write: (text) => process.stdout.write(text),
  });
}

function withStack(command: Command): Command {
  return command
    .option("-C, --cwd <folder>", "folder of the project", ".")
    .requiredOption("-s, --stack <name>", "the stack")
    .option("--config-file <file>", "the stack's configuration [Pulumi.<stack>.yaml]")
    .requiredOption("--state <file>", "the stack's checkpoint");
}

function addOperation(program: Command, name: OperationOptions["command"], description: string): void {
  const command = withStack(program.command(name).description(description))
    .option("--diff", "show what changes in each resource")
    .option("--verbose", "show debug messages")
    .option("--event-log <file>", "write what happens as JSON lines too")
    .option("-p, --parallel <number>", "steps that run at a time", positive, stepsPerProcessor * availableParallelism())
    .option("--expect-no-changes", "fail if anything changes")
    .option("--organization <name>", "what pulumi.getOrganization() answers", "organization");
  if (name !== "preview") {
    command.option("-y, --yes", "go ahead").option("--preview-only", "only say what would be done");
  }
  if (name === "refresh") {
    command.option("--clear-pending-creates", "forget creations that were interrupted");
  } else {
    command.option("-r, --refresh", "look at what is really there first");
    command.option("--continue-on-error", "do what does not depend on what failed");
  }
  command.action((flags: Flags) => run(name, flags));
}

function createProgram(): Command {
  const program = new Command("engine").description(
    "Runs a Pulumi program for the lab and the tests, where no Pulumi CLI can be had.",
  );
  addOperation(program, "preview", "show what up would do");
  addOperation(program, "up", "bring about what the program describes");
  addOperation(program, "refresh", "bring the checkpoint up to date with what is there");
  addOperation(program, "destroy", "delete everything in the stack");
  const stack = program.command("stack").description("the stack's checkpoint");
  withStack(stack.command("export").description("write it in Pulumi's deployment format"))
    .option("--file <file>", "where to [standard output]")
    .action((flags: Flags) => exportStack(resolve(flags.state), flags.file));
  withStack(stack.command("import").description("replace it by one in Pulumi's deployment format"))
    .option("--file <file>", "where from [standard input]")
    .option("-f, --force", "also where it is another stack's")
    .action((flags: Flags) =>
      importStack(resolve(flags.state), configFileOf(flags), flags.stack, flags.file, flags.force === true),
    );
  return program;
}

// A reader that went away (`| head`) is no reason to leave a run half done.
process.stdout.on("error", () => undefined);
createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`error: ${messageOf(error)}\n`);
    process.exitCode = exitCodes.error;
  });
