import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How a process ended. */
export interface Ended {
  /** Null where a signal ended it. */
  code: number | null;
  /** The code is 0. */
  ok: boolean;
  /** Everything it printed. */
  output: string;
}

/** A process that is under way. */
export interface RunningProcess {
  process: ChildProcess;
  pid: number;
  /** The lines it has printed so far, with the milliseconds from its start. */
  lines: { at: number; text: string }[];
  ended: Promise<Ended>;
}

/**
 * Starts a process that must end by itself.
 * @param limit seconds after which it is killed; its output then says so, instead of a test that waits without a word.
 */
export function startProcess(
  command: string,
  args: string[],
  options: { cwd?: string; env: NodeJS.ProcessEnv },
  limit: number,
): RunningProcess {
  const started = Date.now();
  const child = spawn(command, args, options);
  const lines: RunningProcess["lines"] = [];
  const say = (text: string): number => lines.push({ at: Date.now() - started, text: text.trimEnd() });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", say);
  const killer = setTimeout(() => {
    say(`(killed by the test: it had not ended after ${limit} s)`);
    child.kill("SIGKILL");
  }, limit * 1000);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code, ok: code === 0, output: lines.map(({ text }) => `${text}\n`).join("") }),
    );
  }).finally(() => clearTimeout(killer));
  return { process: child, pid: child.pid ?? 0, lines, ended };
}
