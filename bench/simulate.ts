#!/usr/bin/env node
import * as path from "node:path";
import { Command } from "commander";
import { messageOf } from "../base/errorMessage";
import { projectDirectory } from "../lab/machine/directories";
import { InterruptedError } from "../lab/machine/errors";
import { writeFileAtomic } from "../lab/machine/files";
import { elapsed } from "../lab/machine/progress";
import { handleSignals } from "../lab/machine/signals";
import { markEnvironment } from "./mark";
import { wholeNumber } from "./options";
import { simulate, type SimulationResult } from "./simulation/simulation";
import { simulationTables } from "./simulation/simulationTable";
import { endLeftovers } from "./tools/pulumiStack";

const program = new Command("simulate")
  .description(
    "Runs the real CLI, program and providers against simulated hosts and a simulated API: what grows with their number",
  )
  .option("--hosts <numbers>", "numbers of hosts, one simulation each", "10,50,200")
  .option("--parallel <number>", "steps of the engine at once", "64")
  .option("--delay <milliseconds>", "how long each command takes on a host", "0")
  .option(
    "--no-checkpoints",
    "the engine writes its state once, at the end: what is left is the cost of everything else",
  )
  .action(main);

interface SimulateFlags {
  hosts: string;
  parallel: string;
  delay: string;
  checkpoints: boolean;
}

async function main(flags: SimulateFlags): Promise<void> {
  const sizes = flags.hosts.split(",").map((text) => wholeNumber("--hosts", text, 1, 2000));
  const parallel = wholeNumber("--parallel", flags.parallel, 1, 10_000);
  const delayMs = wholeNumber("--delay", flags.delay, 0, 60_000);
  handleSignals();
  markEnvironment();
  const started = Date.now();
  const say = (line: string): void => console.error(`[${elapsed(Date.now() - started)}] ${line}`);
  const results: SimulationResult[] = [];
  try {
    for (const hosts of sizes)
      results.push(await simulate({ hosts, parallel, delayMs, checkpoints: flags.checkpoints }, say));
  } finally {
    endLeftovers();
    if (results.length > 0) {
      const file = path.join(projectDirectory(), ".lab_bench", `simulation-${started}.json`);
      await writeFileAtomic(file, `${JSON.stringify(results, null, 2)}\n`, 0o644);
      say(`all numbers: ${path.relative(process.cwd(), file)}`);
      console.log(simulationTables(results));
    }
  }
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof InterruptedError ? "interrupted" : `error: ${messageOf(error)}`);
  process.exitCode = error instanceof InterruptedError ? 130 : 1;
});
