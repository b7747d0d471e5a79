import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { readIfExists, writeFileAtomic } from "./files";
import { isAlive, startTimeOf } from "./processTable";

/** A process that outlives the command that started it. */
export interface Daemon {
  /** Names it in `lab status` and `lab logs`. */
  name: string;
  command: string;
  args: string[];
  /** Variables laid over this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** File its output is appended to. */
  logPath: string;
  /** File with its process id. */
  recordPath: string;
}

interface DaemonRecord {
  pid: number;
  startTime: string;
  /** Hash of command and arguments: other ones make it another daemon. */
  fingerprint: string;
}

/** Starts a daemon unless it runs with these very arguments already; one with other arguments is stopped first. */
export async function ensureDaemon(daemon: Daemon): Promise<"started" | "kept"> {
  const record = await recordOf(daemon.recordPath);
  const fingerprint = fingerprintOf(daemon);
  if (record && isAlive(record.pid, record.startTime)) {
    if (record.fingerprint === fingerprint) return "kept";
    await stopDaemon(daemon.recordPath);
  }
  const pid = launch(daemon);
  const startTime = startTimeOf(pid) ?? "";
  await writeFileAtomic(daemon.recordPath, JSON.stringify({ pid, startTime, fingerprint }));
  return "started";
}

/** Process id of the daemon recorded there, undefined if it does not run. */
export async function daemonPid(recordPath: string): Promise<number | undefined> {
  const record = await recordOf(recordPath);
  return record && isAlive(record.pid, record.startTime) ? record.pid : undefined;
}

/** Stops the daemon recorded there, by force if it has not ended after `graceSeconds`, and forgets it. */
export async function stopDaemon(recordPath: string, graceSeconds = 10): Promise<void> {
  const record = await recordOf(recordPath);
  if (record) await stopProcess(record.pid, record.startTime, graceSeconds);
  await fs.rm(recordPath, { force: true });
}

/** Ends one process: SIGTERM, and SIGKILL after `graceSeconds`. */
export async function stopProcess(pid: number, startTime: string, graceSeconds: number): Promise<void> {
  for (const [signal, seconds] of [["SIGTERM", graceSeconds] as const, ["SIGKILL", 10] as const]) {
    if (!isAlive(pid, startTime)) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < seconds * 1000 && isAlive(pid, startTime); waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function launch(daemon: Daemon): number {
  mkdirSync(path.dirname(daemon.logPath), { recursive: true });
  const log = openSync(daemon.logPath, "a", 0o600);
  try {
    const child = spawn(daemon.command, daemon.args, {
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...daemon.env },
    });
    child.on("error", () => undefined); // told by the missing process id
    child.unref();
    if (child.pid === undefined) throw new Error(`${daemon.name}: ${daemon.command} cannot be started`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

async function recordOf(recordPath: string): Promise<DaemonRecord | undefined> {
  const text = await readIfExists(recordPath);
  return text === undefined ? undefined : (JSON.parse(text) as DaemonRecord);
}

function fingerprintOf(daemon: Daemon): string {
  return createHash("sha256")
    .update(JSON.stringify([daemon.command, daemon.args]))
    .digest("hex");
}
