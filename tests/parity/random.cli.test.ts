import { cli, type Driver, engine } from "../lifecycle/drivers";
import { TestStack } from "../lifecycle/testStack";
import { explained } from "../support/explained";
import { type RandomRun, randomRuns } from "./randomPrograms";
import { checkOrder, traceRun, traceState } from "./trace";

/** How many programs, and which; the numbers are in the names of the tests that fail. */
const count = Number(process.env["PARITY_RANDOM"] ?? 10);
const first = Number(process.env["PARITY_SEED"] ?? Date.now() % 1_000_000);
jest.setTimeout(300_000);

/** What each run came to with what is there after it, and what it printed. */
async function perform(driver: Driver, runs: RandomRun[]): Promise<{ trace: object; output: string }[]> {
  const stack = new TestStack("things", driver);
  try {
    const done: { trace: object; output: string }[] = [];
    for (const { command, args, spec, drift } of runs) {
      stack.describe(spec);
      const there = stack.things();
      for (const [name, change] of Object.entries(drift)) if (name in there) stack.disturb(name, change);
      const outcome = await stack.run(command, ...args);
      const things = Object.keys(stack.things()).sort();
      const trace = { ...traceRun(command, outcome, stack.journal()), ...traceState(stack), things };
      done.push({ trace, output: outcome.output });
      checkOrder(stack);
    }
    return done;
  } finally {
    stack.remove();
  }
}

/** Why a run, and so all that follow it, cannot be compared; by what the CLI printed. */
const incomparable: Record<string, string> = {
  "unable to replace resource":
    "such a refusal stops the run at once, and what else was done until then is a matter of chance",
  "(killed by the test": "the CLI hung, as it can with --continue-on-error where a deletion before a replacement fails",
};

test.each(Array.from({ length: count }, (_, number) => first + number))(
  "the engine does with random program %i what the CLI does (PARITY_SEED, PARITY_RANDOM=1)",
  async (seed) => {
    const runs = randomRuns(seed);
    const [expected, actual] = [await perform(cli(process.env["PARITY_CLI"] ?? ""), runs), await perform(engine, runs)];
    for (const [position, { trace, output }] of actual.entries()) {
      const [run, other] = [runs[position], expected[position]];
      const [, why] = Object.entries(incomparable).find(([words]) => other?.output.includes(words)) ?? [];
      if (why !== undefined) {
        process.stderr.write(
          `Random program ${seed} is compared only up to command ${position} of ${runs.length}: ${why}.\n`,
        );
        return;
      }
      const printed = `The CLI printed:\n${other?.output}\nThe engine printed:\n${output}`;
      explained(`${JSON.stringify(run, undefined, 1)}\n${printed}`, () => {
        expect({ run, trace }).toEqual({ run, trace: other?.trace });
      });
    }
  },
);
