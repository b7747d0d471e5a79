import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { LabError } from "../../lab/machine/errors";
import { filesOf, type LabFiles } from "../../lab/plan/layout";
import { findCli } from "../../lab/pulumi/findCli";
import { installCli, installPlugins } from "../../lab/pulumi/plugins";
import { CpuSampler } from "../cpuSampler";
import { benchMark } from "../mark";
import { Ours } from "../tools/ours";
import type { CallCount } from "./apiServer";
import { configureFleet, startFleet, type Fleet } from "./fleet";
import { MemorySampler } from "./memorySampler";
import type { SshCounts } from "./sshServers";

/** What is asked of a simulation. */
export interface SimulationOptions {
  hosts: number;
  /** Steps of the engine at once. */
  parallel: number;
  /** How long each command takes on a host. */
  delayMs: number;
  /** Whether the engine writes its state at each step, and not at the end alone. @default true */
  checkpoints?: boolean;
}

/** What is simulated one after the other. */
export const simulatedPhases = ["cold", "again", "refresh", "destroy"] as const;
export type SimulatedPhase = (typeof simulatedPhases)[number];

/** What one run of the CLI cost. */
export interface SimulatedRun {
  seconds: number;
  /** Program -> most memory of one of its processes, in bytes. */
  memory: Record<string, number>;
  /** Program -> CPU seconds. */
  cpu: Record<string, number>;
  ssh: SshCounts;
  /** Verb and resource -> calls of the API. */
  api: Record<string, CallCount>;
}

export interface SimulationResult extends SimulationOptions {
  phases: Partial<Record<SimulatedPhase, SimulatedRun>>;
  stateBytes?: number;
}

/** Makes nodes of so many simulated hosts and takes them down, by the real CLI, engine, program and providers. */
export async function simulate(options: SimulationOptions, say: (line: string) => void): Promise<SimulationResult> {
  const directory = await fs.mkdtemp(path.join(tmpdir(), "simulation-"));
  const files = filesOf(directory);
  try {
    await preparePulumi(files, say);
    const fleet = await startFleet(options.hosts, options.delayMs, files.pki);
    try {
      await configureFleet(fleet, files);
      return await runPhases(fleet, files, options, say);
    } finally {
      fleet.stop();
    }
  } finally {
    await fs.rm(directory, { recursive: true, force: true });
  }
}

async function preparePulumi(files: LabFiles, note: (line: string) => void): Promise<void> {
  const report = { note, working: () => undefined };
  const cli = await findCli(undefined, report);
  await installCli(cli, files);
  await installPlugins(cli, files, report);
  await fs.mkdir(files.logs, { recursive: true });
}

async function runPhases(
  fleet: Fleet,
  files: LabFiles,
  options: SimulationOptions,
  say: (line: string) => void,
): Promise<SimulationResult> {
  const { parallel, checkpoints = true } = options;
  // The CLI's own switch for it, which it counts among the experimental ones.
  const env = checkpoints ? {} : { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
  const ours = new Ours({ files }, fleet.reached, path.join(files.logs, "simulation.log"), { parallel, env });
  const names = fleet.reached.map(({ name }) => name);
  await ours.configure({ hosts: names, maxPods: 110 });
  await ours.forget();
  const result: SimulationResult = { ...options, phases: {} };
  const up = () => ours.apply();
  const runs = { cold: up, again: up, refresh: () => ours.refresh(), destroy: () => ours.destroy() };
  for (const phase of simulatedPhases) {
    const run = await measureRun(fleet, runs[phase]);
    result.phases[phase] = run;
    say(`${options.hosts} hosts, ${phase}: ${run.seconds.toFixed(1)} s`);
    if (phase === "cold") result.stateBytes = (await ours.state(names)).bytes;
    refuseLeftovers(fleet, phase);
  }
  return result;
}

/** That the run was a true one: afterwards there is all, or nothing. */
function refuseLeftovers({ hosts, api }: Fleet, phase: SimulatedPhase): void {
  const bare = hosts.filter((host) => host.isBare).length;
  const expected = phase === "destroy" ? { bare: hosts.length, nodes: 0 } : { bare: 0, nodes: hosts.length };
  if (bare === expected.bare && api.nodes === expected.nodes) return;
  throw new LabError(
    `after ${phase}: ${bare} hosts bare and ${api.nodes} Nodes, expected ${expected.bare} and ${expected.nodes}`,
    "look at what the providers send: bench/simulation/ answers it as a host would",
  );
}

async function measureRun({ ssh, api }: Fleet, run: () => Promise<unknown>): Promise<SimulatedRun> {
  const before = { ...ssh.counts };
  api.counts.clear();
  const cpu = new CpuSampler({ environment: [benchMark.join("=")], containers: [] });
  const memory = new MemorySampler();
  const started = performance.now();
  try {
    await run();
  } finally {
    memory.stop();
    cpu.stop();
  }
  const counts = Object.entries(ssh.counts).map(([name, count]) => [name, count - before[name as keyof SshCounts]]);
  return {
    seconds: (performance.now() - started) / 1000,
    memory: memory.stop(),
    cpu: cpu.stop().programs,
    ssh: Object.fromEntries(counts) as unknown as SshCounts,
    api: Object.fromEntries(api.counts),
  };
}
