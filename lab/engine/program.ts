/** Runs the program by the SDK's own runner, as the CLI's language host does. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { sdkModule } from "./pluginPath";
import { type ChildProcesses, stopChild } from "./childProcesses";
import type { Project } from "./project";
import type { StackConfig } from "./stackConfig";

/** Exit code by which the SDK says that it has reported its errors itself. Source: cmd/run/index.js. */
const errorsReported = 32;

export interface ProgramOptions {
  children: ChildProcesses;
  project: Project;
  stack: string;
  organization: string;
  config: StackConfig;
  dryRun: boolean;
  parallel: number;
  /** Where both services listen. */
  address: string;
  /** Told every line the program prints. */
  log: (line: string) => void;
}

/** The program, running. */
export interface Program {
  /** Undefined when the program ended well, else what there is to say about it; empty where it has said so itself. */
  ended: Promise<string | undefined>;
  stop(): Promise<void>;
}

export const configJson = (config: StackConfig): string =>
  JSON.stringify(Object.fromEntries([...config].map(([key, { text }]) => [key, text])));

export const secretKeys = (config: StackConfig): string[] =>
  [...config].filter(([, { secret }]) => secret).map(([key]) => key);

function start({
  children,
  project,
  stack,
  organization,
  config,
  dryRun,
  parallel,
  address,
}: ProgramOptions): ChildProcessWithoutNullStreams {
  const runner = sdkModule("cmd/run", project.programDirectory);
  const args = [
    ...project.nodeArgs,
    runner,
    ...["--monitor", address, "--engine", address],
    ...["--project", project.name, "--stack", stack, "--organization", organization],
    ...["--root-directory", project.root, "--pwd", project.programDirectory],
    ...["--parallel", String(parallel), ...(dryRun ? ["--dry-run"] : [])],
    project.entryPoint,
  ];
  const env = {
    ...process.env,
    PULUMI_CONFIG: configJson(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys(config)),
    PULUMI_NODEJS_TYPESCRIPT: String(project.typeScript),
  };
  return children.start(process.execPath, args, project.programDirectory, env);
}

export function startProgram(options: ProgramOptions): Program {
  const child = start(options);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", options.log);
  }
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => {
      resolve(`the program could not be started: ${error.message}`);
    });
    child.once("close", (code, signal) => {
      const how = code === null ? `was ended by ${String(signal)}` : `exited with non-zero exit code: ${String(code)}`;
      resolve(code === 0 ? undefined : code === errorsReported ? "" : `Program ${how}`);
    });
  });
  return { ended, stop: () => stopChild(child) };
}
