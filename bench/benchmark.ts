import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Lab } from "../lab/lab";
import { messageOf } from "../base/errorMessage";
import { InterruptedError } from "../lab/machine/errors";
import { SshCounters } from "../lab/network/sshCounters";
import { benchHosts } from "./benchHost";
import { JoinObjects } from "./joinObjects";
import { clearHosts, logCommands } from "./hosts";
import { startLink } from "./link/startLink";
import { machineFacts } from "./machineFacts";
import { marksOf, measure, type Meter } from "./measure";
import type { BenchOptions, ToolName } from "./options";
import { firstWanted, phasesOf } from "./phases";
import { readPlans } from "./plan";
import type { BenchResult, ToolResult } from "./results";
import { Ours } from "./tools/ours";
import { ensurePyinfra, Pyinfra } from "./tools/pyinfra";
import { Straight } from "./tools/straight";
import type { Tool } from "./tools/tool";

/** Says what is under way. */
export type Progress = (line: string) => void;

interface Contest {
  meter: Meter;
  joining: JoinObjects;
  say: Progress;
}

/** Compares the tools on a lab that is up. What it changed of the lab's hosts is taken back, whatever happens. */
export async function runBenchmark(
  lab: Lab,
  options: BenchOptions,
  command: string,
  say: Progress,
): Promise<BenchResult> {
  const machine = await machineFacts(lab, options.link);
  const link = options.link && (await startLink(lab, benchHosts(lab, true), options.link));
  const counters = await SshCounters.start(lab.network, lab.hosts);
  try {
    await logCommands(lab, true);
    const { tools, joining } = await prepare(lab, options, say);
    const contest = { meter: { lab, counters, marks: await marksOf(lab) }, joining, say };
    const results = Object.fromEntries(
      await Promise.all(
        Object.entries(tools).map(async ([name, tool]): Promise<[ToolName, ToolResult]> => {
          return [name as ToolName, { versions: await tool.versions(), phases: {} }];
        }),
      ),
    );
    for (let run = 1; run <= options.runs; run++) {
      for (const [name, tool] of Object.entries(tools)) {
        const result = results[name];
        if (result && result.failure === undefined) await runTool(contest, `run ${run}, ${name}`, tool, result);
      }
    }
    const { hosts, runs } = options;
    return { date: new Date().toISOString(), command, machine, hosts, runs, tools: results };
  } finally {
    link?.stop();
    await counters.stop();
  }
}

/** One run of ours that is not counted: it warms what can be warm, and says what a host has at the end. */
async function prepare(
  lab: Lab,
  { only, link }: BenchOptions,
  say: Progress,
): Promise<{ tools: Partial<Record<ToolName, Tool>>; joining: JoinObjects }> {
  if (only.includes("pyinfra")) await ensurePyinfra();
  const hosts = benchHosts(lab, link !== undefined);
  const names = hosts.map(({ name }) => name);
  const directory = path.join(lab.files.directory, "bench");
  await fs.rm(directory, { recursive: true, force: true });
  for (const tool of only) await fs.mkdir(path.join(directory, tool), { recursive: true, mode: 0o700 });
  const log = (tool: ToolName): string => path.join(lab.files.logs, `bench-${tool}.log`);
  const ours = new Ours(lab, hosts, log("ours"));
  say("a run of ours that is not counted");
  await clearHosts(lab, names);
  await ours.configure(firstWanted(names));
  await ours.forget();
  await ours.apply();
  const resources = await ours.resources();
  const readFile = async (host: string, file: string): Promise<string> => (await lab.exec(host, `cat ${file}`)).stdout;
  const plans = await readPlans(resources, hosts, path.join(directory, "files"), readFile);
  const all: Record<ToolName, () => Tool> = {
    ours: () => ours,
    pyinfra: () => new Pyinfra(lab, plans, path.join(directory, "pyinfra"), log("pyinfra")),
    straight: () => new Straight(lab, plans, path.join(directory, "straight"), log("straight")),
  };
  const tools = Object.fromEntries(only.map((name) => [name, all[name]()]));
  return { tools, joining: await JoinObjects.of(lab, resources) };
}

async function runTool({ meter, joining, say }: Contest, title: string, tool: Tool, result: ToolResult): Promise<void> {
  const { lab } = meter;
  const names = lab.hosts.map(({ name }) => name);
  try {
    await (tool instanceof Ours ? joining.remove() : joining.provide());
    for (const phase of phasesOf(names)) {
      const run = phase.run(tool);
      if (run === undefined) continue;
      if (phase.clear.length > 0) await clearHosts(lab, phase.clear);
      await tool.configure(phase.wanted);
      if (phase.name === "cold") await tool.forget();
      const measured = await measure(meter, run, phase.becomeReady);
      say(`${title}, ${phase.name}: ${measured.seconds.toFixed(1)} s`);
      (result.phases[phase.name] ??= []).push(measured);
      if (phase.name === "cold") result.state = await tool.state?.(names);
    }
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    result.failure = messageOf(error);
    say(`${title}: FAILED: ${result.failure}`);
  }
}

/** Takes the benchmark's traces off a lab that stays. */
export async function cleanUp(lab: Lab): Promise<void> {
  await logCommands(lab, false);
  await (await JoinObjects.noted(lab))?.remove();
  await clearHosts(
    lab,
    lab.hosts.map(({ name }) => name),
  );
  await new Ours(lab, benchHosts(lab, false), path.join(lab.files.logs, "bench-ours.log")).forget();
}
