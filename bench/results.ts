import type { ToolName } from "./options";

/** What is measured one after the other; see phases.ts. */
export const phaseNames = ["cold", "again", "refresh", "changed", "removed", "added", "destroy"] as const;
export type PhaseName = (typeof phaseNames)[number];

/** What one run of one tool did to one host. */
export interface HostCost {
  connections: number;
  /** Requests to run something in a session: commands and SFTP sessions. */
  commands: number;
  sentBytes: number;
  receivedBytes: number;
  /** Of all its processes. */
  cpuSeconds: number;
}

/** One run of one tool. */
export interface Measured {
  /** Until the tool had ended and each Node that the phase asks for was Ready. */
  seconds: number;
  /** Until the tool had ended. */
  toolSeconds: number;
  /** Host -> what was done to it. */
  hosts: Record<string, HostCost>;
  /** Program of tool, control plane or host -> CPU seconds; what ended on hosts between two looks is "short-lived on hosts". */
  cpu: Record<string, number>;
  /** Kind of step -> seconds of each, as the tool told of them. */
  steps: Record<string, number[]>;
}

/** What a Pulumi stack keeps of its nodes. */
export interface StateSize {
  bytes: number;
  bytesPerNode: number;
  /** Mean number of resources whose name begins with the node's. */
  customResourcesPerNode: number;
  componentsPerNode: number;
}

/** All runs of one tool. */
export interface ToolResult {
  /** What it is, with versions. */
  versions: Record<string, string>;
  phases: Partial<Record<PhaseName, Measured[]>>;
  state?: StateSize;
  /** What went wrong, if anything did; the phases after it are missing. */
  failure?: string;
}

export interface BenchResult {
  date: string;
  command: string;
  machine: Record<string, string>;
  hosts: number;
  runs: number;
  tools: Partial<Record<ToolName, ToolResult>>;
}

/** The middle value; the mean of the two in the middle of an even number. NaN of none. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The middle, over runs, of a value of one phase; undefined where the tool does not do it. */
export function phaseMedian(
  result: ToolResult | undefined,
  phase: PhaseName,
  value: (run: Measured) => number,
): number | undefined {
  const runs = result?.phases[phase] ?? [];
  return runs.length === 0 ? undefined : median(runs.map(value));
}

/** Mean over the hosts of one run. */
export function perHost({ hosts }: Measured, value: (cost: HostCost) => number): number {
  const costs = Object.values(hosts);
  return costs.reduce((sum, cost) => sum + value(cost), 0) / Math.max(1, costs.length);
}

/** CPU seconds of all programs together. */
export function totalCpu({ cpu }: Measured): number {
  return Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0);
}
