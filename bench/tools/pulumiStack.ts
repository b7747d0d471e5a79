import * as fs from "node:fs/promises";
import * as path from "node:path";
import { run, tryRun } from "../../lab/machine/command";
import { LabError } from "../../lab/machine/errors";
import { processesWith } from "../../lab/machine/processTable";
import type { LabFiles } from "../../lab/plan/layout";
import { pulumiFiles, runEnvironment } from "../../lab/pulumi/environment";
import type { StateSize } from "../results";
import { benchMark } from "../mark";
import { readExported, sizeOf, type StackResource } from "../stackState";
import type { Steps } from "./tool";

/** Name of the benchmark's stacks. */
export const stack = "bench";

/** As for a fleet: hosts that fail stop no others, and none waits for another. */
const runFlags = ["--yes", "--skip-preview", "--continue-on-error"];

/** Steps of the engine at once, as the docs advise. */
const advisedParallel = 64;

/** The longest that one run of the CLI may take, in seconds. */
const patience = 1800;

/** Ends what a run that was cut off has left behind: plugins do not look after whom they serve. */
export function endLeftovers(): void {
  for (const pid of processesWith(...benchMark)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it has ended meanwhile
    }
  }
}

/** What is special about a stack's runs. */
export interface StackRuns {
  /** Variables for the CLI. */
  env?: NodeJS.ProcessEnv;
  /** Steps of the engine at once. @default as the docs advise */
  parallel?: number;
}

/** A stack of the real Pulumi CLI on the lab's file backend. */
export class PulumiStack {
  private readonly env: NodeJS.ProcessEnv;
  private readonly parallel: number;

  /**
   * @param directory the project's folder
   * @param logPath where everything is kept that the CLI prints
   */
  constructor(
    private readonly lab: { files: LabFiles },
    private readonly project: string,
    private readonly directory: string,
    private readonly logPath: string,
    more: StackRuns = {},
  ) {
    // No agent: a run must not depend on who is logged in.
    this.env = { ...runEnvironment(lab.files), SSH_AUTH_SOCK: "", ...more.env };
    this.parallel = more.parallel ?? advisedParallel;
  }

  /** Makes the stack anew, with the configuration that is there. */
  async forget(): Promise<void> {
    const options = { cwd: this.directory, env: this.env };
    const which = ["--stack", stack, "--yes", "--non-interactive"];
    // A run that was killed leaves a lock.
    await tryRun("pulumi", ["cancel", ...which], options);
    await tryRun("pulumi", ["stack", "rm", "--force", "--preserve-config", ...which], options);
    await run("pulumi", ["stack", "select", "--create", stack, "--non-interactive"], options);
  }

  async run(command: "up" | "refresh" | "destroy"): Promise<Steps> {
    // Only these two know the flag.
    const flags = command === "refresh" ? runFlags.filter((flag) => flag !== "--continue-on-error") : runFlags;
    const args = [
      command,
      ...flags,
      "--parallel",
      String(this.parallel),
      "--stack",
      stack,
      "--non-interactive",
      "--color",
      "never",
    ];
    const options = { cwd: this.directory, env: this.env, timeoutSeconds: patience, logPath: this.logPath };
    const { code, stdout, stderr } = await tryRun("pulumi", args, options);
    if (code === 0) return stepsOf(stdout);
    const said = `${stdout}\n${stderr}`.split("\n").filter((line) => /error|failed/.test(line));
    throw new LabError(`pulumi ${command}: exit code ${code}\n${said.slice(0, 8).join("\n")}`, `see ${this.logPath}`);
  }

  /** All resources, secrets opened. */
  async resources(): Promise<StackResource[]> {
    const args = ["stack", "export", "--show-secrets", "--stack", stack, "--non-interactive"];
    return readExported(await run("pulumi", args, { cwd: this.directory, env: this.env }));
  }

  async size(nodes: string[]): Promise<StateSize> {
    const backend = pulumiFiles(this.lab.files.pulumi).state;
    const { size } = await fs.stat(path.join(backend, ".pulumi", "stacks", this.project, `${stack}.json`));
    return sizeOf(size, await this.resources(), nodes);
  }

  async versions(): Promise<Record<string, string>> {
    const version = await run("pulumi", ["version"], { cwd: this.directory, env: this.env });
    return { pulumi: version.trim() };
  }
}

/**
 * Lines such as ` +  command:remote:Command node-1-verification created (0.32s)`; a step's kind is its name without the node's. A
 * component is made of others, and the stack of all.
 */
export function stepsOf(output: string): Steps {
  const steps: Steps = {};
  const pattern = /^ *[-+~]+ +(\S+) (\S+) (created|updated|deleted|replaced) \(([\d.]+)(m?s)\)/gm;
  for (const [, type = "", name = "", done = "", time, unit] of output.matchAll(pattern)) {
    if (type === "pulumi:pulumi:Stack") continue;
    const kind = `${name.replace(/^node-\d+-/, "")} ${done}`;
    (steps[kind] ??= []).push(unit === "ms" ? Number(time) / 1000 : Number(time));
  }
  return steps;
}
