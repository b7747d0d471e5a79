import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";

const intervalMs = 333;
/** Clock ticks a second in /proc (USER_HZ, which is 100 on every architecture of today). */
const ticksPerSecond = 100;

interface Seen {
  program: string;
  /** Ticks it had used when the sampling began. */
  before: number;
  ticks: number;
}

/** One process as /proc/PID/stat has it. */
export interface ProcessStat {
  /** Process id and start, which no other process has. */
  key: string;
  comm: string;
  parent: number;
  ticks: number;
}

/**
 * CPU seconds by program of every process of the machine, those in hosts that are containers included, seen three times a
 * second. What ended between two looks is the rest of what the machine as a whole used.
 */
export class CpuSampler {
  private readonly seen = new Map<string, Seen>();
  private readonly machineBefore = machineTicks();
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.look(true);
    this.timer = setInterval(() => this.look(false), intervalMs);
  }

  /** Ends the sampling. @returns program -> CPU seconds. */
  stop(): Record<string, number> {
    clearInterval(this.timer);
    this.look(false);
    const sums: Record<string, number> = {};
    for (const { program, before, ticks } of this.seen.values()) {
      if (ticks > before) sums[program] = (sums[program] ?? 0) + (ticks - before) / ticksPerSecond;
    }
    const known = Object.values(sums).reduce((sum, seconds) => sum + seconds, 0);
    const rest = (machineTicks() - this.machineBefore) / ticksPerSecond - known;
    return { ...sums, "short-lived": Math.max(0, rest) };
  }

  private look(first: boolean): void {
    for (const pid of readdirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      const stat = readStat(pid);
      if (stat === undefined) continue;
      const known = this.seen.get(stat.key);
      // A process is another program after its exec.
      const program = known?.program.startsWith(stat.comm) ? known.program : programOf(stat, pid);
      this.seen.set(stat.key, { program, before: known?.before ?? (first ? stat.ticks : 0), ticks: stat.ticks });
    }
  }
}

function readStat(pid: string): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined; // it has ended meanwhile
  }
}

/** Source: proc(5); the second field, in parentheses, may itself hold blanks and parentheses. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const comm = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { key: `${text.split(" ", 1)[0]}:${fields[19]}`, comm, parent: Number(fields[1]), ticks };
}

function programOf({ comm, parent }: ProcessStat, pid: string): string {
  // All of them are children of kthreadd, process 2.
  if (parent === 2) return "kernel threads";
  if (!/^(node|MainThread|python)/.test(comm)) return comm;
  try {
    return scriptName(comm, readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"));
  } catch {
    return comm;
  }
}

/** An interpreter with its script; a folder's index is named for the folder. Exported for its test. */
export function scriptName(comm: string, [, ...args]: string[]): string {
  const script = args.find((arg) => arg.includes("/") && !arg.startsWith("-"));
  if (script === undefined) return comm;
  const name = path.basename(script, path.extname(script));
  return `${comm} ${name === "index" ? path.basename(path.dirname(script)) : name}`;
}

/** All but idle and waiting. Source: proc(5), /proc/stat: user nice system idle iowait irq softirq steal. */
function machineTicks(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = readFileSync("/proc/stat", "utf8")
    .split("\n", 1)[0]!
    .split(/\s+/)
    .map(Number);
  return user + nice + system + irq + softirq;
}
