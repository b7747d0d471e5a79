/** What a test stack is driven by: the lab's engine, or for comparison the Pulumi CLI. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Where the files of a stack are. */
export interface StackFiles {
  /** Project name, and folder in programs/. */
  program: string;
  programDirectory: string;
  folder: string;
  configFile: string;
  stateFile: string;
}

/** A command line to be run. */
export interface CommandLine {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

export interface Driver {
  name: string;
  /** @param eventLog file to write the run to as JSON lines. */
  commandLine(files: StackFiles, command: string, args: string[], eventLog: string): CommandLine;
  version(): string;
  /** The recorded deployment, as `stack export` writes it. */
  state(files: StackFiles): string;
}

const emptyState = JSON.stringify({ version: 3, deployment: {} });

export const engine: Driver = {
  name: "engine",
  commandLine: (files, command, args, eventLog) => ({
    command: process.execPath,
    args: [
      join(root, "dist/lab/engine/cli.js"),
      ...(command.startsWith("stack") ? command.split(" ") : [command, "--event-log", eventLog]),
      ...(["up", "destroy", "refresh"].includes(command) ? ["--yes"] : []),
      ...[
        "--stack",
        "dev",
        "--config-file",
        files.configFile,
        "--state",
        files.stateFile,
        "-C",
        files.programDirectory,
      ],
      ...args,
    ],
    env: {},
  }),
  version: () => "the lab's engine",
  // A preview writes none.
  state: ({ stateFile }) => (existsSync(stateFile) ? readFileSync(stateFile, "utf8") : emptyState),
};

/** A file backend of its own for each stack; the stack is made by hand, since `stack init` would write to the program. */
function cliEnvironment({ folder, program }: StackFiles): NodeJS.ProcessEnv {
  const backend = join(folder, "backend");
  const stack = join(backend, ".pulumi/stacks", program, "dev.json");
  if (!existsSync(stack)) {
    mkdirSync(dirname(stack), { recursive: true });
    writeFileSync(join(backend, ".pulumi/meta.yaml"), "version: 1\n");
    writeFileSync(stack, JSON.stringify({ version: 3, checkpoint: { stack: `organization/${program}/dev` } }));
  }
  return {
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // The flag --event-log is one of those for debugging.
    PULUMI_DEBUG_COMMANDS: "true",
  };
}

/** @param pulumi the CLI's executable. */
export const cli = (pulumi: string): Driver => {
  const stackFlags = ({ program, programDirectory }: StackFiles): string[] => [
    "--stack",
    `organization/${program}/dev`,
    "-C",
    programDirectory,
    "--non-interactive",
  ];
  const env = (files: StackFiles): NodeJS.ProcessEnv => ({
    ...cliEnvironment(files),
    PATH: [dirname(pulumi), process.env.PATH].join(delimiter),
  });
  return {
    name: "cli",
    commandLine: (files, command, args, eventLog) => ({
      command: pulumi,
      args: [
        ...(command.startsWith("stack")
          ? command.split(" ")
          : [command, "--config-file", files.configFile, "--event-log", eventLog]),
        ...(["up", "destroy", "refresh"].includes(command) && !args.includes("--preview-only")
          ? ["--yes", "--skip-preview"]
          : []),
        ...stackFlags(files),
        ...args,
      ],
      env: env(files),
    }),
    version: () => spawnSync(pulumi, ["version"], { encoding: "utf8" }).stdout.trim(),
    state: (files) => {
      const args = ["stack", "export", ...stackFlags(files)];
      const done = spawnSync(pulumi, args, { env: { ...process.env, ...env(files) }, encoding: "utf8" });
      return done.stdout;
    },
  };
};

/** The engine, unless PARITY_CLI names a `pulumi` to run the same tests with. */
export const defaultDriver: Driver = process.env.PARITY_CLI === undefined ? engine : cli(process.env.PARITY_CLI);
