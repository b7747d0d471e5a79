/** One run at a time per checkpoint: a lock file beside it, with the processes of the run that holds it. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { signalGroup } from "./childProcesses";

interface RunningProcess {
  pid: number;
  /** Start time in clock ticks since boot, so that a reused process id is not taken for the process. */
  started: string;
}
interface LockContent extends RunningProcess {
  since: string;
  children: RunningProcess[];
}

/** Source: proc(5), field 22 of /proc/PID/stat; the second field is in parentheses and may hold spaces. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

const isRunning = ({ pid, started }: RunningProcess): boolean => started !== "" && startTime(pid) === started;
const describeProcess = (pid: number): RunningProcess => ({ pid, started: startTime(pid) });

function readLock(file: string): LockContent | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isLock(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

const alreadyExists = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "EEXIST";

function isLock(value: unknown): value is LockContent {
  return (
    typeof value === "object" &&
    value !== null &&
    "pid" in value &&
    "children" in value &&
    Array.isArray(value.children)
  );
}

/** A lock held by this process. */
export class Lock {
  private readonly since = new Date().toISOString();
  private children: RunningProcess[] = [];
  private held = true;

  private constructor(private readonly file: string) {}

  /**
   * Takes the lock. One left by a run that was killed is taken over, and the processes that run left behind are ended
   * first, lest they go on changing what this run is about to look at.
   * @throws Error naming the process that holds it.
   */
  static take(file: string): Lock {
    const lock = new Lock(file);
    const draft = `${file}.${String(process.pid)}`;
    lock.write(draft);
    try {
      for (;;) {
        try {
          linkSync(draft, file);
          return lock;
        } catch (error) {
          if (!alreadyExists(error)) {
            throw error;
          }
        }
        const holder = readLock(file);
        if (holder !== undefined && isRunning(holder)) {
          throw new Error(
            `the stack is locked by process ${String(holder.pid)} since ${holder.since} (${file}); wait for it to end, or end it`,
          );
        }
        for (const child of (holder?.children ?? []).filter(isRunning)) {
          signalGroup(child.pid, "SIGKILL");
        }
        rmSync(file, { force: true });
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Notes the child processes of this run. */
  setChildren(pids: number[]): void {
    if (!this.held) {
      return;
    }
    this.children = pids.map(describeProcess);
    const draft = `${this.file}.${String(process.pid)}`;
    this.write(draft);
    renameSync(draft, this.file);
  }

  release(): void {
    this.held = false;
    rmSync(this.file, { force: true });
  }

  private write(file: string): void {
    const content: LockContent = { ...describeProcess(process.pid), since: this.since, children: this.children };
    writeFileSync(file, JSON.stringify(content));
  }
}
