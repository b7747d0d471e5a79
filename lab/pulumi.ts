#!/usr/bin/env node
import { Command } from "commander";
import { LabError, messageOf } from "./machine/errors";
import { openLab } from "./lab";
import { findRunner, runPulumi, stackFiles } from "./pulumi/pulumi";
import type { Operation } from "./pulumi/pulumi";

const operations: Record<Operation, string> = {
  preview: "show what an up would change",
  up: "make hosts and cluster what the stack says",
  refresh: "look at hosts and cluster as they are and record it",
  destroy: "take everything away again",
};

/** Runs the program on a lab's stack with whatever runs it here; options it does not know go to that. */
function program(): Command {
  const command = new Command("pulumi").description(
    "Runs the program on a lab's stack: by the Pulumi CLI, or by the lab's engine where there is none",
  );
  for (const [operation, description] of Object.entries(operations)) {
    command
      .command(`${operation} [options...]`)
      .description(description)
      .option("--name <name>", "name of the lab", "lab")
      .allowUnknownOption()
      .action((extra: string[], { name }: { name: string }) => perform(operation as Operation, name, extra));
  }
  return command;
}

async function perform(operation: Operation, name: string, extra: string[]): Promise<void> {
  const lab = await openLab(name);
  const runner = await findRunner();
  console.log(`Runs with ${runner.description}`);
  process.exitCode = await runPulumi(runner, operation, stackFiles(lab), extra);
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof LabError ? `error: ${error.message}` : `error: ${messageOf(error)}`);
    process.exitCode = 1;
  });
