import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ended, RunningProcess } from "./runningProcess";

/** A moment of a run, told by what it has printed, so that it is the same one on a slow machine. */
export interface Moment {
  /** Part of the last line before it. */
  after: string;
  milliseconds: number;
}

/** Numbers from 0 to 1 that follow from a seed. Source: mulberry32, public domain. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lines end in the seconds a step took, which no two runs have in common. */
const withoutSeconds = (text: string): string => text.replace(/ \([\d.]+m?s\)$/, "");

/** `count` moments, one at random in each equal part of a run that has ended, from its first step almost to its last. */
export function momentsOf({ lines }: RunningProcess, count: number, random: () => number): Moment[] {
  const steps = lines.filter(({ text }) => / (creating|created)/.test(text));
  const first = steps[0]?.at ?? 0;
  const length = 0.95 * ((steps.at(-1)?.at ?? 0) - first);
  return Array.from({ length: count }, (_, part) => {
    const at = first + ((part + random()) / count) * length;
    const before = steps.findLast((step) => step.at <= at);
    return { after: withoutSeconds(before?.text ?? ""), milliseconds: Math.round(at - (before?.at ?? 0)) };
  });
}

/** Resolves at the moment, or when the run has ended. */
export async function reach({ lines, ended }: RunningProcess, { after, milliseconds }: Moment): Promise<void> {
  let over = false;
  const seen = (): boolean => lines.some(({ text }) => text.includes(after));
  void ended.then(() => (over = true));
  while (!over && !seen()) await sleep(2);
  await sleep(milliseconds);
}

/** Sends the CLI a signal at a moment, if it still runs then, and waits for its end. */
export async function signalAt(running: RunningProcess, moment: Moment, signal: NodeJS.Signals): Promise<Ended> {
  await reach(running, moment);
  kill(running.pid, signal);
  return running.ended;
}

/**
 * Cuts off a run, and where it was quicker than the moment another one, half as long after the same line.
 *
 * @param cutOff makes a run and ends it at the moment.
 */
export async function inTime(moment: Moment, cutOff: (moment: Moment) => Promise<Ended>): Promise<Ended> {
  const ended = await cutOff(moment);
  if (!ended.ok) return ended;
  if (moment.milliseconds < 2) throw new Error(`no run was cut off after "${moment.after}": each had ended before`);
  return inTime({ ...moment, milliseconds: moment.milliseconds / 2 }, cutOff);
}

/** Ends the CLI, the program and the plugins at once, as a machine that loses its power does. */
export async function powerCutAt(running: RunningProcess, moment: Moment): Promise<Ended> {
  await reach(running, moment);
  const family = [running.pid, ...descendants(running.pid)];
  family.forEach((pid) => kill(pid, "SIGKILL"));
  return running.ended;
}

/** Of those that were alive a moment ago, one may have ended by itself. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function descendants(parent: number): number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === parent)
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Source: proc(5), the fourth field of /proc/PID/stat; the second is in parentheses and may hold spaces. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
