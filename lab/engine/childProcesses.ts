/** The processes the engine starts: the program and the plugins. */
import { type ChildProcessWithoutNullStreams as ChildProcess, spawn } from "node:child_process";

/** After this a process that was asked to end is killed. */
const stopMilliseconds = 2000;

/** Starts and ends child processes on behalf of the engine, which has to know them all (lock, second Ctrl-C). */
export class ChildProcesses {
  private readonly running = new Set<ChildProcess>();

  /** @param changed told the process ids that run, whenever they change. */
  constructor(private readonly changed: (pids: number[]) => void) {
    process.once("exit", () => {
      this.signalAll("SIGKILL");
    });
  }

  /** In a process group of its own, so that Ctrl-C in a terminal reaches the engine alone. */
  start(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(command, args, { cwd, env, detached: true });
    child.stdin.on("error", () => undefined);
    this.running.add(child);
    child.once("exit", () => {
      this.running.delete(child);
      this.changed(this.pids());
    });
    this.changed(this.pids());
    return child;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running].map(stopChild));
  }

  pids(): number[] {
    return [...this.running].flatMap((child) => child.pid ?? []);
  }

  signalAll(signal: NodeJS.Signals): void {
    for (const pid of this.pids()) {
      signalGroup(pid, signal);
    }
  }
}

/** Signals a child started by ChildProcesses and whatever it started itself; a process that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const { pid } = child;
  const ended = new Promise<void>((resolve) =>
    child.once("exit", () => {
      resolve();
    }),
  );
  const killer = setTimeout(() => {
    signalGroup(pid, "SIGKILL");
  }, stopMilliseconds);
  signalGroup(pid, "SIGTERM");
  await ended;
  clearTimeout(killer);
}
