import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { InterruptedError } from "./errors";
import { interruptSignal, throwIfInterrupted } from "./interrupt";

export interface CommandOptions {
  /** Working directory. @default that of this process */
  cwd?: string;
  /** Variables laid over this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Text for the command's standard input. @default none, standard input is empty */
  input?: string | Buffer;
  /** Seconds after which the command is ended. @default no limit */
  timeoutSeconds?: number;
  /** File that everything the command prints is appended to. */
  logPath?: string;
}

export interface CommandResult {
  /** Exit code; 124 when it ran out of its time, 127 when there is no such program. */
  code: number;
  stdout: string;
  stderr: string;
}

/** A command failed; the message has the command, its exit code and the last lines it printed. */
export class CommandError extends Error {
  constructor(
    readonly command: string,
    readonly result: CommandResult,
  ) {
    super(
      `${command.length > 160 ? `${command.slice(0, 160)} ...` : command}: exit code ${result.code}\n${lastLines(result.stderr || result.stdout, 15)}`,
    );
    this.name = "CommandError";
  }
}

/** Runs a command and returns what it printed on standard output; throws {@link CommandError} unless it exits with 0. */
export async function run(command: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const result = await tryRun(command, args, options);
  if (result.code !== 0) throw new CommandError([command, ...args].join(" "), result);
  return result.stdout;
}

/**
 * Runs a command and returns how it ended; throws only {@link InterruptedError}.
 * The command leads a process group of its own, so that what it started ends with it.
 */
export async function tryRun(command: string, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  throwIfInterrupted();
  const signal = interruptSignal();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const end = () => endGroup(child.pid);
  let timedOut = false;
  const timer = options.timeoutSeconds
    ? setTimeout(() => {
        timedOut = true;
        end();
      }, options.timeoutSeconds * 1000)
    : undefined;
  signal.addEventListener("abort", end, { once: true });
  const log = options.logPath ? createWriteStream(options.logPath, { flags: "a", mode: 0o600 }) : undefined;
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      output[name].push(chunk);
      log?.write(chunk);
    });
  }
  child.stdin.on("error", () => undefined); // a command may end without reading its input
  child.stdin.end(options.input);
  const code = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      output.stderr.push(Buffer.from(error.message));
      resolve(127);
    });
    child.on("close", (exitCode) => resolve(exitCode ?? 1));
  });
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
  log?.end();
  if (signal.aborted) throw new InterruptedError();
  return {
    code: timedOut ? 124 : code,
    stdout: Buffer.concat(output.stdout).toString(),
    stderr: Buffer.concat(output.stderr).toString(),
  };
}

/** Whether a program of that name is on PATH. */
export async function hasCommand(name: string): Promise<boolean> {
  return (await tryRun("sh", ["-c", 'command -v -- "$1" >/dev/null', "sh", name])).code === 0;
}

/** The last `count` lines of a text, without blank ones. */
export function lastLines(text: string, count: number): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-count)
    .join("\n");
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
    setTimeout(() => killGroup(pid), 5000).unref();
  } catch {
    // it has ended meanwhile
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended meanwhile
  }
}
