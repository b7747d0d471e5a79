#!/usr/bin/env node
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { Command } from "commander";
import { messageOf } from "../base/errorMessage";
import { labDown, labUp, openLab, type Lab } from "../lab/lab";
import { projectDirectory } from "../lab/machine/directories";
import { InterruptedError } from "../lab/machine/errors";
import { writeFileAtomic } from "../lab/machine/files";
import { resetInterrupt } from "../lab/machine/interrupt";
import { elapsed } from "../lab/machine/progress";
import { handleSignals } from "../lab/machine/signals";
import { readState } from "../lab/plan/labState";
import { cleanUp, runBenchmark } from "./benchmark";
import { refuseOthersNodes } from "./hosts";
import { markEnvironment } from "./mark";
import { parseOptions, toolNames, type BenchFlags, type BenchOptions } from "./options";
import { renderTables } from "./table";
import { endLeftovers } from "./tools/pulumiStack";

/** Where results are kept, as a sibling of the labs' folders, which go with their labs. */
const resultsFolder = ".lab_bench";

const program = new Command("bench")
  .description("Compares this program with pyinfra and with a plain program of @pulumi/command, on a lab of containers")
  .option("--hosts <number>", "number of hosts", "5")
  .option("--runs <number>", "runs of each tool; the tables have their medians", "3")
  .option("--only <tools>", `some of ${toolNames.join(",")} (default: all)`)
  .option("--link <time,rate>", "a slow network to the hosts: round trip and rate, such as 100ms,20mbit")
  .option("--keep", "leave the lab up (one that was there before always stays)")
  .option("--name <name>", "name of the lab", "bench")
  .option("--subnet <cidr>", "network of the lab, a /24", "10.234.0.0/24")
  .action(bench);

async function bench(flags: BenchFlags): Promise<void> {
  const options = parseOptions(flags);
  handleSignals();
  const started = Date.now();
  // Progress goes to standard error: standard output is the tables alone.
  const say = (line: string): void => console.error(`[${elapsed(Date.now() - started)}] ${line}`);
  const wasThere = (await readState(projectDirectory(), options.name)) !== undefined;
  // Before the number of its hosts is changed.
  if (wasThere) await refuseOthersNodes(await openLab(options.name));
  say(`the lab "${options.name}" with ${options.hosts} hosts`);
  const lab = await labUp({ name: options.name, hosts: options.hosts, subnet: options.subnet }, "silent");
  // What the lab has started is none of the benchmark's: it would be ended with the leftovers.
  markEnvironment();
  const command = ["npm run bench --", ...process.argv.slice(2)].join(" ");
  try {
    const result = await runBenchmark(lab, options, command, say);
    const file = path.join(projectDirectory(), resultsFolder, `${result.date.replaceAll(":", "-")}.json`);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, `${JSON.stringify(result, null, 2)}\n`, 0o644);
    say(`all numbers: ${path.relative(process.cwd(), file)}`);
    console.log(renderTables(result));
    if (Object.values(result.tools).some(({ failure }) => failure !== undefined)) process.exitCode = 1;
  } finally {
    resetInterrupt();
    await leave(lab, options, wasThere, say);
  }
}

async function leave(
  lab: Lab,
  { keep, name }: BenchOptions,
  wasThere: boolean,
  say: (line: string) => void,
): Promise<void> {
  endLeftovers();
  if (keep || wasThere) {
    await cleanUp(lab);
    say(`the lab "${name}" stays up; \`npm run lab -- down --name ${name}\` removes it`);
  } else {
    say(`taking the lab "${name}" down`);
    await labDown(name, "silent");
  }
}

program.parseAsync().catch((error: unknown) => {
  const interrupted = error instanceof InterruptedError;
  console.error(interrupted ? "interrupted: what the benchmark had made is taken away" : `error: ${messageOf(error)}`);
  process.exitCode = interrupted ? 130 : 1;
});
