import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";

const intervalMs = 333;
/** Clock ticks a second in /proc (USER_HZ, which is 100 on every architecture of today). */
const ticksPerSecond = 100;

/** Which processes of the machine belong to what is measured. */
export interface Marks {
  /** `NAME=VALUE` of the environment of tools and control plane. */
  environment: string[];
  /** Ids of the containers that are hosts. */
  containers: string[];
}

/** CPU seconds of what is measured. */
export interface SampledCpu {
  programs: Record<string, number>;
  /** Of `programs`, those on hosts. */
  onHosts: number;
}

type Place = "tool" | "host" | "elsewhere";

interface Seen {
  comm: string;
  program: string;
  place: Place;
  /** Ticks it had used when the sampling began. */
  before: number;
  ticks: number;
}

/** One process as /proc/PID/stat has it. */
export interface ProcessStat {
  /** Process id and start, which no other process has. */
  key: string;
  comm: string;
  ticks: number;
}

/** CPU seconds by program of tools, control plane and hosts, whose processes are this machine's too; looked at three times a second. */
export class CpuSampler {
  private readonly seen = new Map<string, Seen>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly marks: Marks) {
    this.look(true);
    this.timer = setInterval(() => this.look(false), intervalMs);
  }

  stop(): SampledCpu {
    clearInterval(this.timer);
    this.look(false);
    const programs: Record<string, number> = {};
    let onHosts = 0;
    for (const { program, place, before, ticks } of this.seen.values()) {
      const seconds = (ticks - before) / ticksPerSecond;
      if (place === "elsewhere" || seconds <= 0) continue;
      programs[program] = (programs[program] ?? 0) + seconds;
      if (place === "host") onHosts += seconds;
    }
    return { programs, onHosts };
  }

  private look(first: boolean): void {
    for (const pid of readdirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      const stat = orUndefined(() => parseStat(readFileSync(`/proc/${pid}/stat`, "utf8")));
      if (stat === undefined) continue;
      const { key, comm, ticks } = stat;
      const known = this.seen.get(key);
      // A process is another program after its exec.
      const what = known?.comm === comm ? known : { program: programOf(comm, pid), place: this.placeOf(pid) };
      const before = known?.before ?? (first ? ticks : 0);
      this.seen.set(key, { comm, program: what.program, place: what.place, before, ticks });
    }
  }

  private placeOf(pid: string): Place {
    if (Number(pid) === process.pid) return "tool";
    const { containers, environment } = this.marks;
    const cgroup = orUndefined(() => readFileSync(`/proc/${pid}/cgroup`, "utf8")) ?? "";
    if (containers.some((id) => cgroup.includes(id))) return "host";
    const variables = (orUndefined(() => readFileSync(`/proc/${pid}/environ`, "utf8")) ?? "").split("\0");
    return environment.some((mark) => variables.includes(mark)) ? "tool" : "elsewhere";
  }
}

/** A process may have ended meanwhile. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Source: proc(5); the second field, in parentheses, may itself hold blanks and parentheses. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const comm = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
  return { key: `${text.split(" ", 1)[0]}:${fields[19]}`, comm, ticks: Number(fields[11]) + Number(fields[12]) };
}

/** What a process runs: its name, and of an interpreter the script. */
export function programOf(comm: string, pid: string): string {
  if (!/^(node|MainThread|python)/.test(comm)) return comm;
  const commandLine = orUndefined(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "";
  return scriptName(comm.replace("MainThread", "node"), commandLine.split("\0"));
}

/** An interpreter with its script; a folder's index is named for the folder. Exported for its test. */
export function scriptName(interpreter: string, [, ...args]: string[]): string {
  const script = args.find((arg) => /^[^-\s]\S*\/\S+$/.test(arg));
  if (script === undefined) return interpreter;
  const name = path.basename(script, path.extname(script));
  return `${interpreter} ${name === "index" ? path.basename(path.dirname(script)) : name}`;
}
