#!/usr/bin/env node
/** Command line of the lab's engine: the commands and flags of the Pulumi CLI that it has an answer for. */
import { Command, InvalidArgumentError } from "commander";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { messageOf } from "../machine/errors";
import { exitCodes, operate, type OperationOptions } from "./operation";
import { exportStack, importStack } from "./stackFiles";

/** Steps that run at a time by default: as with Pulumi, four for each processor. */
const stepsPerProcessor = 4;

type Flags = Omit<OperationOptions, "command"> & { yes: boolean; file?: string; force: boolean };

/** What is not asked for, also where a command has no flag for it. */
const off = {
  yes: false,
  refresh: false,
  continueOnError: false,
  expectNoChanges: false,
  previewOnly: false,
  clearPendingCreates: false,
  diff: false,
  verbose: false,
  force: false,
};

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("a whole number from 1 on is wanted.");
  return number;
}

/** A command on one stack; `act` gets every path in full. */
function addCommand(
  parent: Command,
  name: string,
  description: string,
  act: (flags: Flags) => void | Promise<void>,
): Command {
  return parent
    .command(name)
    .description(description)
    .option("-C, --cwd <folder>", "folder of the project", ".")
    .requiredOption("-s, --stack <name>", "the stack")
    .option("--config-file <file>", "the stack's configuration [Pulumi.<stack>.yaml]")
    .requiredOption("--state <file>", "the stack's checkpoint")
    .action((flags: Flags) => {
      const { configFile = `Pulumi.${flags.stack}.yaml` } = flags as Partial<Flags>;
      const [cwd, state] = [resolve(flags.cwd), resolve(flags.state)];
      return act({ ...off, ...flags, cwd, state, configFile: resolve(cwd, configFile) });
    });
}

function addOperation(program: Command, name: OperationOptions["command"], description: string): void {
  const isPreview = name === "preview";
  const command = addCommand(program, name, description, async (flags) => {
    if (!isPreview && !flags.yes && !flags.previewOnly) {
      throw new Error(`--yes must be passed in to proceed with ${name}; preview says beforehand what would be done`);
    }
    process.exit(await operate({ ...flags, command: name }));
  });
  command
    .option("--diff", "show what changes in each resource")
    .option("--verbose", "show debug messages")
    .option("--event-log <file>", "write what happens as JSON lines too")
    .option("-p, --parallel <number>", "steps that run at a time", positive, stepsPerProcessor * availableParallelism())
    .option("--expect-no-changes", "fail if anything changes");
  if (!isPreview) command.option("-y, --yes", "go ahead").option("--preview-only", "only say what would be done");
  if (name === "refresh")
    return void command.option("--clear-pending-creates", "forget creations that were interrupted");
  command.option("-r, --refresh", "look at what is really there first");
  command.option("--continue-on-error", "do what does not depend on what failed");
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
  const toDeployment = "write it in Pulumi's deployment format";
  addCommand(stack, "export", toDeployment, ({ state, file }) => exportStack(state, file)).option(
    "--file <file>",
    "where to [standard output]",
  );
  const fromDeployment = "replace it by one in Pulumi's deployment format";
  addCommand(stack, "import", fromDeployment, (flags) => importStack(flags, flags.file, flags.force))
    .option("--file <file>", "where from [standard input]")
    .option("-f, --force", "also where it is another stack's");
  return program;
}

// A reader that went away (`| head`) is no reason to leave a run half done.
process.stdout.on("error", () => undefined);
createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`error: ${messageOf(error)}\n`);
    process.exit(exitCodes.error);
  });
