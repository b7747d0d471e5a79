import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dump, load } from "js-yaml";
import type { Lab } from "../../lab/lab";
import { type Operation, operationFlags } from "../../lab/pulumi/pulumi";
import { openTestLab } from "./labOfTests";
import { type Ended, type RunningProcess, startProcess } from "./runningProcess";

type Configuration = Record<string, unknown>;

/** Of one run, in seconds: about ten times what one on a lab takes, so that a run that hangs says where. */
const patience = 480;

const namespace = "kubernetes-worker-nodes:";
const project = join(__dirname, "../..");

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

  preview(...options: string[]): Promise<Ended> {
    return this.start("preview", ...options).ended;
  }

  up(...options: string[]): Promise<Ended> {
    return this.start("up", ...options).ended;
  }

  refresh(...options: string[]): Promise<Ended> {
    return this.start("refresh", ...options).ended;
  }

  destroy(...options: string[]): Promise<Ended> {
    return this.start("destroy", ...options).ended;
  }

  /** Forgets the stack without touching anything. */
  forget(): void {
    rmSync(this.stateFile, { force: true });
    rmSync(this.configFile, { force: true });
  }

  /** Starts a run without waiting for its end. */
  start(operation: Operation, ...options: string[]): RunningProcess {
    const engine = join(project, "dist/lab/engine/cli.js");
    const files = ["--stack", "dev", "--config-file", this.configFile, "--state", this.stateFile];
    // No agent: a run must not depend on who is logged in.
    const env = { ...process.env, PULUMI_CONFIG_PASSPHRASE_FILE: this.lab.passphrasePath, SSH_AUTH_SOCK: "" };
    const args = [engine, operation, ...files, ...operationFlags[operation], ...options];
    return startProcess(process.execPath, args, { cwd: project, env }, patience);
  }
}

/** @throws Error with everything the run printed, unless it ended well. */
export function expectSuccess(run: Ended): Ended {
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
