import { LabError } from "../lab/machine/errors";
import { maxHosts } from "../lab/plan/options";

/** The tools that are compared, in the order in which they run. */
export const toolNames = ["ours", "pyinfra", "straight"] as const;
export type ToolName = (typeof toolNames)[number];

/** What lies between the tools and each host. */
export interface Link {
  /** Time there and back, in milliseconds. */
  roundTripMs: number;
  /** Bits a second in each direction. */
  bitsPerSecond: number;
}

/** What a person can ask of a benchmark. */
export interface BenchOptions {
  /** Name of the lab, and its network where it is not there yet. */
  name: string;
  subnet: string;
  hosts: number;
  runs: number;
  only: ToolName[];
  /** @default the machine's own network */
  link?: Link;
  /** Leaves the lab up at the end. */
  keep: boolean;
}

/** What the command line gives. */
export interface BenchFlags {
  name: string;
  subnet: string;
  hosts: string;
  runs: string;
  only?: string;
  link?: string;
  keep?: boolean;
}

const unitsOfRate: Record<string, number> = { kbit: 1e3, mbit: 1e6, gbit: 1e9 };

/** @throws LabError naming the option, the value and the rule. */
export function parseOptions(flags: BenchFlags): BenchOptions {
  // One host leaves and comes back while the others stay.
  const hosts = wholeNumber("--hosts", flags.hosts, 2, maxHosts);
  const runs = wholeNumber("--runs", flags.runs, 1, 100);
  const only = flags.only === undefined ? [...toolNames] : parseOnly(flags.only);
  const link = flags.link === undefined ? undefined : parseLink(flags.link);
  return { name: flags.name, subnet: flags.subnet, hosts, runs, only, link, keep: flags.keep === true };
}

/** @throws LabError where the text is no whole number of that range. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new LabError(`${option} ${text}: out of range`, `give a whole number from ${least} to ${most}`);
}

function parseOnly(text: string): ToolName[] {
  const asked = text.split(",");
  const unknown = asked.find((name) => !(toolNames as readonly string[]).includes(name));
  if (unknown === undefined) return toolNames.filter((name) => asked.includes(name));
  throw new LabError(`--only ${text}: there is no tool "${unknown}"`, `give some of ${toolNames.join(",")}`);
}

/** @example parseLink("100ms,20mbit") // { roundTripMs: 100, bitsPerSecond: 20_000_000 } */
export function parseLink(text: string): Link {
  const [, time, rate, unit = ""] = /^(\d+(?:\.\d+)?)ms,(\d+(?:\.\d+)?)([kmg]bit)$/.exec(text) ?? [];
  const link = { roundTripMs: Number(time), bitsPerSecond: Number(rate) * (unitsOfRate[unit] ?? NaN) };
  if (link.roundTripMs >= 0 && link.bitsPerSecond > 0) return link;
  throw new LabError(`--link ${text}: not a link`, "give its round trip and its rate, such as 100ms,20mbit");
}
