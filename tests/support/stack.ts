import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import { dump, load } from "js-yaml";
import type { Lab } from "../../lab/lab";
import { run } from "../../lab/machine/command";
import { pulumiFiles, runEnvironment } from "../../lab/pulumi/environment";
import { namespace } from "../../lab/pulumi/namespace";
import { openTestLab } from "./labOfTests";
import { type RunningProcess, startProcess } from "./runningProcess";
import { type Run, RunRecorder } from "./stackRun";

type Configuration = Record<string, unknown>;

/** Of one run, in seconds: ten times and more what one on a lab takes, so that a run that hangs is ended and says where. */
const patience = 900;

/** The program on a lab's hosts, by the Pulumi CLI; each story may change the configuration. */
export class Stack {
  private constructor(
    private readonly lab: Lab,
    private readonly stack: automation.Stack,
    private readonly env: NodeJS.ProcessEnv,
    private readonly backend: string,
  ) {}

  /**
   * The stack of that name with the lab's configuration; made where it is not there.
   * @param backend folder of the state; by default the lab's own.
   */
  static async open(lab: Lab, name = "stories", backend = pulumiFiles(lab.files.pulumi).state): Promise<Stack> {
    const workDir = lab.files.pulumi;
    // No agent: a run must not depend on who is logged in.
    const env = { ...runEnvironment(lab.files), PULUMI_BACKEND_URL: `file://${backend}`, SSH_AUTH_SOCK: "" };
    const workspace = await automation.LocalWorkspace.create({
      workDir,
      pulumiHome: pulumiFiles(workDir).home,
      pulumiCommand: await automation.PulumiCommand.get({ root: workDir }),
      envVars: env,
    });
    // Before the stack is made: it takes over the salt by which the lab's secrets are encrypted.
    writeConfiguration(lab, name, () => undefined);
    return new Stack(lab, await automation.Stack.createOrSelect(name, workspace), env, backend);
  }

  get name(): string {
    return this.stack.name;
  }

  /** Where the file backend keeps its state. */
  get stateFile(): string {
    return join(this.backend, ".pulumi", "stacks", namespace, `${this.name}.json`);
  }

  /** Starts from the lab's configuration again and applies an edit; keys are without the namespace. */
  configure(edit: (config: Configuration) => void = () => undefined): void {
    writeConfiguration(this.lab, this.name, edit);
  }

  /** A setting as it is configured now; by its key without the namespace. */
  setting(key: string): unknown {
    return readConfiguration(join(this.lab.files.pulumi, `Pulumi.${this.name}.yaml`)).config[`${namespace}:${key}`];
  }

  /** The configuration as the program gets it, by full keys, its secrets opened. */
  configuration(): Promise<automation.ConfigMap> {
    return this.stack.getAllConfig();
  }

  /** Gives a setting another secret value, by standard input: an argument is everybody's to read. */
  async setSecret(key: string, value: string): Promise<void> {
    const args = ["config", "set", "--secret", `${namespace}:${key}`, "--stack", this.name, "--non-interactive"];
    await run("pulumi", args, { cwd: this.lab.files.pulumi, env: this.env, input: value });
  }

  preview(options: automation.PreviewOptions = {}): Promise<Run> {
    return recorded(options, (all) => this.stack.preview(all));
  }

  /** What `pulumi preview --json` writes, resources that stay as they are among it. */
  previewJson(): Promise<string> {
    const args = ["preview", "--json", "--show-sames", "--stack", this.name, "--non-interactive"];
    return run("pulumi", args, { cwd: this.lab.files.pulumi, env: this.env, timeoutSeconds: patience });
  }

  up(options: automation.UpOptions = {}): Promise<Run> {
    return recorded(options, (all) => this.stack.up(all));
  }

  refresh(options: automation.RefreshOptions = {}): Promise<Run> {
    return recorded(options, (all) => this.stack.refresh(all));
  }

  destroy(options: automation.DestroyOptions = {}): Promise<Run> {
    return recorded(options, (all) => this.stack.destroy(all));
  }

  /** Takes away the lock that a killed run has left. */
  cancel(): Promise<void> {
    return this.stack.cancel();
  }

  /** What the last run ended with for a Node: kube-proxy's rules, line by line. */
  async rulesOf(node: string): Promise<string[]> {
    const nodes = (await this.stack.outputs())["nodes"]?.value as Record<string, { rules?: string[] }> | undefined;
    return (nodes?.[node]?.rules ?? []).map((line) => line.trim().replace(/\s+/g, " "));
  }

  /** The state, its secrets opened. */
  export(): Promise<automation.Deployment> {
    return this.stack.exportStack();
  }

  import(state: automation.Deployment): Promise<void> {
    return this.stack.importStack(state);
  }

  /** Forgets the stack without touching anything. */
  async forget(): Promise<void> {
    await this.stack.workspace.removeStack(this.name, { force: true });
  }

  /** Starts a command of the CLI whose text matters, or that is to be cut off; the Automation API gives no process. */
  start(...args: string[]): RunningProcess {
    const all = [...args, "--stack", this.name, "--non-interactive"];
    const env = { ...process.env, ...this.env };
    return startProcess("pulumi", all, { cwd: this.lab.files.pulumi, env }, patience);
  }
}

function readConfiguration(path: string): { config: Configuration } {
  return load(readFileSync(path, "utf8")) as { config: Configuration };
}

function writeConfiguration(lab: Lab, name: string, edit: (config: Configuration) => void): void {
  const file = readConfiguration(lab.files.stackConfig);
  const prefix = `${namespace}:`;
  const renamed = Object.entries(file.config).map(([key, value]) => [key.replace(prefix, ""), value]);
  const config = Object.fromEntries(renamed) as Configuration;
  edit(config);
  const named = Object.entries(config).map(([key, value]) => [`${prefix}${key}`, value]);
  const text = dump({ ...file, config: Object.fromEntries(named) as Configuration });
  writeFileSync(join(lab.files.pulumi, `Pulumi.${name}.yaml`), text, { mode: 0o600 });
}

async function recorded<Options extends automation.UpOptions>(
  options: Options,
  operation: (options: Options) => Promise<unknown>,
): Promise<Run> {
  const recorder = new RunRecorder();
  const signal = AbortSignal.timeout(patience * 1000);
  return recorder.run(() => operation({ ...options, ...recorder.listeners, signal }));
}

/** The lab and a stack on it whose hosts are Ready nodes, with which most stories begin. */
export async function readyStack(): Promise<{ lab: Lab; stack: Stack }> {
  const lab = await openTestLab();
  const stack = await Stack.open(lab);
  expectSuccess(await stack.up());
  return { lab, stack };
}

/** @throws Error with everything the run printed, unless it ended well. */
export function expectSuccess<Ended extends { ok: boolean; output: string }>(run: Ended): Ended {
  if (!run.ok) throw new Error(`the run failed:\n${run.output}`);
  return run;
}
