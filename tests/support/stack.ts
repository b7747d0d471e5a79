import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { dump, load } from "js-yaml";
import type { Lab } from "../../lab/lab";
import { openTestLab } from "./labOfTests";

/** How one run of the program ended. */
export interface Run {
  /** Null where a signal ended it. */
  code: number | null;
  /** Everything it printed. */
  output: string;
}

/** A run that is under way. */
export interface RunningProgram {
  pid: number;
  /** The lines it has printed so far, with the milliseconds from its start. */
  lines: { at: number; text: string }[];
  ended: Promise<Run>;
}

export type Operation = "preview" | "up" | "refresh" | "destroy";

type Configuration = Record<string, unknown>;

const namespace = "kubernetes-worker-nodes:";
const project = join(__dirname, "../..");

const flags: Record<Operation, string[]> = {
  preview: [],
  up: ["--yes", "--continue-on-error"],
  refresh: ["--yes"],
  destroy: ["--yes", "--continue-on-error"],
};

/** The program on a lab's stack, run by the lab's engine; each story may change the configuration. */
export class Stack {
  private readonly directory: string;
  readonly configFile: string;

  /** @param name keeps the state of one stack apart from others on the same lab */
  constructor(
    private readonly lab: Lab,
    private readonly name = "stack",
  ) {
    this.directory = dirname(lab.stackConfigPath);
    this.configFile = join(this.directory, `Pulumi.${name}.test.yaml`);
    this.configure(() => undefined);
  }

  get stateFile(): string {
    return join(this.directory, `${this.name}.json`);
  }

  /** Starts from the lab's configuration again and applies an edit; keys are without the namespace. */
  configure(edit: (config: Configuration) => void): void {
    const file = load(readFileSync(this.lab.stackConfigPath, "utf8")) as { config: Configuration };
    const config = Object.fromEntries(
      Object.entries(file.config).map(([key, value]) => [key.replace(namespace, ""), value]),
    );
    edit(config);
    const keys = Object.entries(config).map(([key, value]) => [`${namespace}${key}`, value]);
    writeFileSync(this.configFile, dump({ ...file, config: Object.fromEntries(keys) as Configuration }), {
      mode: 0o600,
    });
  }

  preview(...options: string[]): Promise<Run> {
    return this.start("preview", ...options).ended;
  }

  up(...options: string[]): Promise<Run> {
    return this.start("up", ...options).ended;
  }

  refresh(...options: string[]): Promise<Run> {
    return this.start("refresh", ...options).ended;
  }

  destroy(...options: string[]): Promise<Run> {
    return this.start("destroy", ...options).ended;
  }

  /** Forgets the stack without touching anything. */
  forget(): void {
    rmSync(this.stateFile, { force: true });
    rmSync(this.configFile, { force: true });
  }

  /** Starts a run without waiting for its end. */
  start(operation: Operation, ...options: string[]): RunningProgram {
    const engine = join(project, "dist/lab/engine/cli.js");
    const files = ["--stack", "dev", "--config-file", this.configFile, "--state", this.stateFile];
    // No agent: a run must not depend on who is logged in.
    const env = { ...process.env, PULUMI_CONFIG_PASSPHRASE_FILE: this.lab.passphrasePath, SSH_AUTH_SOCK: "" };
    const args = [engine, operation, ...files, ...flags[operation], ...options];
    const started = Date.now();
    const child = spawn(process.execPath, args, { cwd: project, env });
    const lines: RunningProgram["lines"] = [];
    for (const input of [child.stdout, child.stderr])
      createInterface({ input }).on("line", (text) => lines.push({ at: Date.now() - started, text }));
    const ended = new Promise<Run>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output: lines.map(({ text }) => `${text}\n`).join("") }));
    });
    return { pid: child.pid ?? 0, lines, ended };
  }
}

/** @throws Error with everything the run printed, unless it ended well. */
export function expectSuccess(run: Run): Run {
  if (run.code !== 0) throw new Error(`exit code ${run.code}:\n${run.output}`);
  return run;
}

/** The lab and a stack on it whose hosts are Ready nodes, with which most stories begin. */
export async function readyStack(): Promise<{ lab: Lab; stack: Stack }> {
  const lab = await openTestLab();
  const stack = new Stack(lab);
  expectSuccess(await stack.up());
  return { lab, stack };
}
