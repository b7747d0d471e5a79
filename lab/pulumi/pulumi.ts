import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { tryRun } from "../machine/command";
import { projectDirectory } from "../machine/directories";
import { LabError } from "../machine/errors";

/** What runs the program: the Pulumi CLI, or the lab's engine where the CLI cannot be had. */
export interface Runner {
  kind: "cli" | "engine";
  command: string;
  args: string[];
  /** One line that says what was found. */
  description: string;
}

/** Where a lab keeps what a run of the program needs. */
export interface StackFiles {
  /** The lab's directory. */
  directory: string;
  /** Stack configuration with the generated values. */
  stackConfig: string;
  /** File with the passphrase of the stack's secrets. */
  passphrase: string;
}

/** The files of a lab's stack. */
export function stackFiles(lab: { stackConfigPath: string; passphrasePath: string }): StackFiles {
  return {
    directory: path.dirname(lab.stackConfigPath),
    stackConfig: lab.stackConfigPath,
    passphrase: lab.passphrasePath,
  };
}

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** How each operation is always run: without a question, and past a host that fails. */
export const operationFlags: Record<Operation, string[]> = {
  preview: [],
  up: ["--yes", "--continue-on-error"],
  refresh: ["--yes"],
  destroy: ["--yes", "--continue-on-error"],
};

const launcherTimeoutSeconds = 60;

/** The stack that the lab uses, Pulumi.dev.yaml. */
const stack = "dev";

/** The Pulumi CLI's executable: on PATH, in Pulumi's own version folders, or downloaded there by the npm launcher. */
export async function findCli(): Promise<string | undefined> {
  return onPath() ?? (await inVersionFolders()) ?? (await byLauncher());
}

/**
 * Finds the Pulumi CLI, or where there is none the lab's engine. LAB_RUNNER=engine or =cli decides without looking.
 */
export async function findRunner(): Promise<Runner> {
  const wanted = process.env["LAB_RUNNER"];
  const found = wanted === "engine" ? undefined : await findCli();
  if (found !== undefined) return { kind: "cli", command: found, args: [], description: `Pulumi CLI: ${found}` };
  if (wanted === "cli") {
    throw new LabError(
      "LAB_RUNNER=cli: there is no Pulumi CLI on PATH or in ~/.pulumi/versions, nor can one be downloaded",
      "install the Pulumi CLI",
    );
  }
  const engine = path.join(projectDirectory(), "dist/lab/engine/cli.js");
  const why =
    wanted === "engine"
      ? "asked for by LAB_RUNNER"
      : "no Pulumi CLI on PATH or in ~/.pulumi/versions, and none could be downloaded";
  return { kind: "engine", command: process.execPath, args: [engine], description: `the lab's engine (${why})` };
}

/** Runs one operation on the lab's stack, showing its output. @returns the exit code. */
export async function runPulumi(
  runner: Runner,
  operation: Operation,
  files: StackFiles,
  extra: string[] = [],
): Promise<number> {
  const common = ["--stack", stack, "--config-file", files.stackConfig];
  const own = runner.kind === "engine" ? ["--state", path.join(files.directory, "stack.json")] : ["--non-interactive"];
  if (runner.kind === "cli") await ensureStack(runner, files);
  const child = spawn(
    runner.command,
    [...runner.args, operation, ...common, ...own, ...operationFlags[operation], ...extra],
    {
      cwd: projectDirectory(),
      env: environment(files),
      stdio: "inherit",
    },
  );
  // A Ctrl-C reaches the child too, which ends its running steps and keeps its state.
  const leaveItToTheChild = (): void => undefined;
  process.on("SIGINT", leaveItToTheChild);
  return new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 130));
  }).finally(() => process.off("SIGINT", leaveItToTheChild));
}

function environment(files: StackFiles): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${path.join(files.directory, "pulumi")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: files.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

/**
 * Makes the stack where it is not there yet; the CLI keeps its state in a file backend below the lab's directory. From a
 * folder of its own: `stack init` writes a new salt into the stack's file beside Pulumi.yaml, which here is the committed one.
 */
async function ensureStack(runner: Runner, files: StackFiles): Promise<void> {
  const folder = path.join(files.directory, "stack-init");
  await fs.mkdir(folder, { recursive: true });
  await fs.mkdir(path.join(files.directory, "pulumi"), { recursive: true });
  await fs.copyFile(path.join(projectDirectory(), "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
  const options = { cwd: folder, env: environment(files), timeoutSeconds: 60 };
  const { code, stderr } = await tryRun(runner.command, ["stack", "init", stack, "--non-interactive"], options);
  if (code !== 0 && !stderr.includes("already exists")) {
    throw new LabError(
      `pulumi stack init ${stack}: exit code ${code}\n${stderr}`,
      "see what the Pulumi CLI says above",
    );
  }
}

/** A `pulumi` on PATH that is not the npm launcher of a node_modules folder. */
function onPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => !folder.includes("node_modules"));
  return folders.map((folder) => path.join(folder, "pulumi")).find((file) => existsSync(file));
}

function versionFolders(): string {
  return path.join(process.env["PULUMI_HOME"] ?? path.join(homedir(), ".pulumi"), "versions");
}

async function inVersionFolders(): Promise<string | undefined> {
  const versions = await fs.readdir(versionFolders()).catch(() => []);
  const newestFirst = versions.sort((a, b) => b.localeCompare(a, undefined, { numeric: true }));
  return newestFirst
    .map((version) => path.join(versionFolders(), version, "bin/pulumi"))
    .find((file) => existsSync(file));
}

/** The npm package `pulumi` downloads the CLI into the version folders at its first use. */
async function byLauncher(): Promise<string | undefined> {
  const launcher = path.join(projectDirectory(), "node_modules/.bin/pulumi");
  if (!existsSync(launcher)) return undefined;
  const { code } = await tryRun(launcher, ["version"], { timeoutSeconds: launcherTimeoutSeconds });
  return code === 0 ? inVersionFolders() : undefined;
}
