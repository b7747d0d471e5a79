import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultDriver } from "../lifecycle/drivers";
import { expectSteps } from "../lifecycle/expectSteps";
import { isOwn, nameOf } from "../lifecycle/stepEvents";
import { type Outcome, TestStack } from "../lifecycle/testStack";
import type { Row, Run } from "./row";
import { rows } from "./rows";
import { checkOrder, type RunTrace, type Trace, traceRun, traceState } from "./trace";

/** What the Pulumi CLI did, with its version and the day; written by `PARITY_RECORD=1 npm run parity`. */
interface Recording extends Trace {
  cli: string;
  date: string;
}

const recording = process.env.PARITY_RECORD === "1";
const recordingFile = ({ name }: Row): string =>
  join(
    __dirname,
    "recordings",
    `${name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .slice(0, 80)}.json`,
  );

async function perform(
  stack: TestStack,
  { command, args = [], spec, config, before, interruptAt }: Run,
): Promise<Outcome> {
  if (spec !== undefined) {
    stack.describe(spec);
  }
  if (config !== undefined) {
    stack.configure(config);
  }
  before?.(stack);
  const { process, ended } = stack.start(command, ...args);
  if (interruptAt !== undefined) {
    await stack.untilBegun(interruptAt);
    process.kill("SIGINT");
  }
  return ended;
}

function expectRun(run: Run, outcome: Outcome): void {
  expectSteps(outcome, ...run.steps);
  expect(outcome.failures).toEqual(run.failures ?? []);
  for (const text of run.says ?? []) {
    expect(outcome.output).toMatch(text);
  }
  expect(outcome.output).not.toMatch(/hidden-value|PRIVATE KEY/);
  expect(outcome.code).toBe(run.code ?? 0);
}

async function performRow(row: Row, stack: TestStack): Promise<Trace> {
  const runs: RunTrace[] = [];
  for (const run of row.runs) {
    const outcome = await perform(stack, run);
    runs.push(traceRun(run.command, outcome, stack.journal()));
    expectRun(run, outcome);
  }
  const names = (stack.deployment().resources ?? []).filter(({ urn }) => isOwn(urn)).map(({ urn }) => nameOf(urn));
  expect(names.sort()).toEqual(row.left);
  checkOrder(stack);
  return { runs, ...traceState(stack) };
}

test.each(rows)(
  "$name",
  async (row) => {
    const stack = new TestStack(row.program);
    try {
      const trace = await performRow(row, stack);
      const file = recordingFile(row);
      if (recording) {
        const made: Recording = { cli: defaultDriver.version(), date: new Date().toISOString().slice(0, 10), ...trace };
        mkdirSync(join(__dirname, "recordings"), { recursive: true });
        writeFileSync(file, `${JSON.stringify(made, undefined, 2)}\n`);
      }
      expect(existsSync(file)).toBe(true);
      const { runs, state, pendingOperations } = JSON.parse(readFileSync(file, "utf8")) as Recording;
      expect(trace).toEqual({ runs, state, pendingOperations });
    } finally {
      stack.remove();
    }
  },
  120_000,
);

test("no two rows share a recording", () => {
  expect(new Set(rows.map(recordingFile)).size).toBe(rows.length);
});
