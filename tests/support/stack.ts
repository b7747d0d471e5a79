import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dump, load } from "js-yaml";
import type { Lab } from "../../lab/lab";

/** How one run of the program ended. */
export interface Run {
  code: number | null;
  /** Everything it printed. */
  output: string;
}

type Configuration = Record<string, unknown>;

const namespace = "kubernetes-worker-nodes:";
const project = join(__dirname, "../..");

/** The program on a lab's stack, run by the lab's engine; each story may change the configuration. */
export class Stack {
  private readonly directory: string;
  private readonly configFile: string;

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
    return this.run("preview", options);
  }

  up(...options: string[]): Promise<Run> {
    return this.run("up", ["--yes", "--continue-on-error", ...options]);
  }

  refresh(...options: string[]): Promise<Run> {
    return this.run("refresh", ["--yes", ...options]);
  }

  destroy(...options: string[]): Promise<Run> {
    return this.run("destroy", ["--yes", "--continue-on-error", ...options]);
  }

  /** Forgets the stack without touching anything. */
  forget(): void {
    rmSync(this.stateFile, { force: true });
    rmSync(this.configFile, { force: true });
  }

  private run(operation: string, options: string[]): Promise<Run> {
    const engine = join(project, "dist/lab/engine/cli.js");
    const files = ["--stack", "dev", "--config-file", this.configFile, "--state", this.stateFile];
    // No agent: a run must not depend on who is logged in.
    const env = { ...process.env, PULUMI_CONFIG_PASSPHRASE_FILE: this.lab.passphrasePath, SSH_AUTH_SOCK: "" };
    const child = spawn(process.execPath, [engine, operation, ...files, ...options], { cwd: project, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output }));
    });
  }
}

/** @throws Error with everything the run printed, unless it ended well. */
export function expectSuccess(run: Run): Run {
  if (run.code !== 0) throw new Error(`exit code ${run.code}:\n${run.output}`);
  return run;
}
