import { type DefaultRenderer, Listr, type ListrTask, PRESET_TIMER, type SimpleRenderer } from "listr2";
import { interrupt, interruptSignal, resetInterrupt } from "./interrupt";

type Task = ListrTask<object, typeof DefaultRenderer, typeof SimpleRenderer>;

/** What a step tells about itself while it runs. */
export interface Report {
  /** A line worth keeping: which source was taken, why something had to be repaired. */
  note(line: string): void;
  /** What is being done right now; shown with the time it has taken. */
  working(line: string): void;
}

/** One step of a longer run. Steps in a list inside the list run side by side. */
export interface Step {
  title: string;
  run(report: Report): Promise<void>;
}

export type Renderer = "auto" | "silent";

/**
 * Runs steps one after the other and shows them: on a terminal a live list with elapsed times, elsewhere one line when
 * a step starts, one for each thing it does, and one with its time when it ends.
 */
export async function runSteps(steps: (Step | Step[])[], renderer: Renderer = "auto"): Promise<void> {
  const begun: Promise<void>[] = [];
  const toTask = (step: Step): Task => taskOf({ ...step, run: (report) => kept(begun, step.run(report)) });
  const list = new Listr<object, "default", "simple">(
    steps.map((step) => (Array.isArray(step) ? sideBySide(step.map(toTask)) : toTask(step))),
    {
      concurrent: false,
      exitOnError: true,
      registerSignalListeners: false,
      silentRendererCondition: renderer === "silent",
      rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false, showErrorMessage: false },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  );
  try {
    await list.run({});
  } catch (error) {
    await endAll(begun);
    throw error instanceof StepFailure ? error.cause : error;
  }
}

function kept(begun: Promise<void>[], step: Promise<void>): Promise<void> {
  begun.push(step);
  return step;
}

/** Ends the steps beside one that failed: whoever cleans up next must find nobody still at work. */
async function endAll(begun: Promise<void>[]): Promise<void> {
  const byPerson = interruptSignal().aborted;
  interrupt();
  await Promise.allSettled(begun);
  if (!byPerson) resetInterrupt();
}

/** Stands for the error of a step in the list, which then does not print what the caller prints anyway. */
class StepFailure extends Error {}

/** Without a title of its own the group does not show, only its steps. */
function sideBySide(tasks: Task[]): Task {
  return { task: (_context, task) => task.newListr(tasks, { concurrent: true, exitOnError: true }) };
}

function taskOf(step: Step): Task {
  return {
    title: step.title,
    rendererOptions: { persistentOutput: true, outputBar: Infinity },
    task: async (_context, task) => {
      const title = step.title;
      let current: { line: string; since: number } | undefined;
      const started = Date.now();
      const show = () => {
        if (current) task.title = `${title}: ${current.line}, ${elapsed(Date.now() - current.since)}`;
      };
      const timer = process.stdout.isTTY ? setInterval(show, 1000) : undefined;
      try {
        await step.run({
          note: (line) => (task.output = line),
          working: (line) => {
            current = { line, since: Date.now() };
            // Without a terminal each of them is a line, so that a log shows what takes its time.
            if (!process.stdout.isTTY) task.output = `${line} (after ${elapsed(Date.now() - started)})`;
          },
        });
      } catch (error) {
        throw new StepFailure("see the error below", { cause: error });
      } finally {
        clearInterval(timer);
        task.title = title;
      }
    },
  };
}

/** A duration as "7 s" or "2 min 05 s". */
export function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
