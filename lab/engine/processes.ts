/** The processes the engine starts, the program and the plugins: they end with the engine, however it ends. */
import { type ChildProcessWithoutNullStreams as ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach(stopChild));

/** Ends a process and whatever it started itself. */
export function stopChild(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/**
 * Starts a process in a group of its own, so that Ctrl-C in a terminal reaches the engine alone. By `setpriv` (util-linux)
 * the kernel ends it should the engine be killed: it would go on changing what the next run is about to look at.
 * @param line told every line it prints.
 */
export function startChild(
  command: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  line: (text: string, stream: "stdout" | "stderr") => void,
): { child: ChildProcess; ended: Promise<string> } {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...command], { cwd, env, detached: true });
  running.add(child);
  for (const stream of ["stdout", "stderr"] as const) {
    createInterface({ input: child[stream] }).on("line", (text) => line(text, stream));
  }
  const ended = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("exit", () => running.delete(child));
    child.once("close", (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
  });
  return { child, ended };
}
