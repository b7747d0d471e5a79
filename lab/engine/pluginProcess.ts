/** A provider plugin as a process: started, its port read from its output, stopped. Source: plugin/plugin.go. */
import { type ChildProcessWithoutNullStreams as ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { messageOf } from "./rpc";
import type { PluginCommand } from "./pluginPath";

/** How long a plugin may take to print its port; the CLI waits as long for the connection alone. */
const startSeconds = 60;
/** After this a plugin that was asked to end is killed. */
const stopMilliseconds = 2000;
/** Of what a plugin says before its port, so much goes into the error when it then fails. */
const keptLines = 40;

/** Starts and ends child processes on behalf of the engine, which has to know them all (lock, second Ctrl-C). */
export class ChildProcesses {
  private readonly running = new Set<ChildProcess>();

  /** @param changed told the process ids that run, whenever they change. */
  constructor(private readonly changed: (pids: number[]) => void) {}

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

/** A running plugin. */
export interface PluginProcess {
  address: string;
  path: string;
  stop(): Promise<void>;
}

/**
 * Starts a plugin and waits for its port, the first line it prints; later lines go to `log`.
 * @throws Error with the plugin's own words when it ends first or stays silent.
 */
export async function startPlugin(
  children: ChildProcesses,
  plugin: PluginCommand,
  engineAddress: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<PluginProcess> {
  const child = children.start(plugin.command, [...plugin.args, engineAddress], cwd, env);
  const said: string[] = [];
  const port = new Promise<number>((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new Error(`plugin ${plugin.path} ${why}${said.map((line) => `\n${line}`).join("")}`));
    };
    const timer = setTimeout(() => {
      fail(`did not print its port within ${String(startSeconds)} s`);
    }, startSeconds * 1000);
    const settled = (): void => {
      clearTimeout(timer);
    };
    child.once("error", (error) => {
      settled();
      fail(`could not be started: ${messageOf(error)}`);
    });
    child.once("close", (code) => {
      settled();
      fail(`ended with exit code ${String(code)} before it printed its port`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      let first = stream === child.stdout;
      createInterface({ input: stream }).on("line", (line) => {
        if (first && /^\d+$/.test(line.trim())) {
          first = false;
          settled();
          resolve(Number(line.trim()));
        } else if (line.trim() !== "") {
          said.push(line);
          said.splice(0, said.length - keptLines);
          log(line);
        }
      });
    }
  });
  return { address: `127.0.0.1:${String(await port)}`, path: plugin.path, stop: () => stopChild(child) };
}
