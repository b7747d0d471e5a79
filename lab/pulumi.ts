#!/usr/bin/env node
import { Command } from "commander";
import { openLab } from "./lab";
import { messageOf } from "../base/errorMessage";
import { runPulumi } from "./pulumi/run";

/** The Pulumi CLI on a lab's stack: everything behind `--name` goes on to it as it is, `--help` included. */
new Command("pulumi")
  .option("--name <name>", "name of the lab", "lab")
  .argument("[args...]")
  .helpOption(false)
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (args: string[], { name }: { name: string }) => {
    const lab = await openLab(name);
    process.exitCode = await runPulumi(lab.files, args);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`error: ${messageOf(error)}`);
    process.exitCode = 1;
  });
