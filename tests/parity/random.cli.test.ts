import { cli, type Driver, engine } from "../lifecycle/drivers";
import { TestStack } from "../lifecycle/testStack";
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

test.each(Array.from({ length: count }, (_, number) => first + number))(
  "the engine does with random program %i what the CLI does (PARITY_SEED, PARITY_RANDOM=1)",
  async (seed) => {
    const runs = randomRuns(seed);
    const [expected, actual] = [await perform(cli(process.env["PARITY_CLI"] ?? ""), runs), await perform(engine, runs)];
    for (const [position, { trace, output }] of actual.entries()) {
      const [run, other] = [runs[position], expected[position]];
      // Such a refusal stops the run at once: what else was done until then is a matter of chance, and so is all that follows.
      if (other?.output.includes("unable to replace resource")) return;
      // The CLI can hang with --continue-on-error where a deletion before a replacement fails.
      if (other?.output.includes("(killed by the test")) return;
      try {
        expect({ run, trace }).toEqual({ run, trace: other?.trace });
      } catch (error) {
        const printed = `The CLI printed:\n${other?.output}\nThe engine printed:\n${output}`;
        throw new Error(`${String(error)}\n\n${JSON.stringify(run, undefined, 1)}\n${printed}`, { cause: error });
      }
    }
  },
);
