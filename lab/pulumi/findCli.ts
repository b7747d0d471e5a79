import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import * as semver from "semver";
import { pulumi } from "../binaries/components";
import { resolveBinaries } from "../binaries/resolver";
import { tryRun } from "../machine/command";
import { cacheDirectory } from "../machine/directories";
import { LabError } from "../machine/errors";
import type { Report } from "../machine/progress";

/** The Pulumi CLI that a lab uses. */
export interface PulumiCli {
  /** Its executable. */
  command: string;
  /** Without "v". */
  version: string;
}

/** The oldest that the program has been run with; the person's own is passed over if it is older. */
const oldestVersion = "3.260.0";

/**
 * Finds the Pulumi CLI: in the folder the person names, on PATH, in Pulumi's own version folders, in the lab's cache, as
 * official release, or by a build from its Go modules, in this order. One line says which it took.
 *
 * @param folder where the person wants binaries to be taken from before all other sources
 */
export async function findCli(folder: string | undefined, report: Report): Promise<PulumiCli> {
  report.working("looking for the Pulumi CLI");
  for (const found of [...inFolder(folder), ...onPath("pulumi"), ...(await inVersionFolders())]) {
    const command = await behindLabLink(found);
    const version = await versionOf(command);
    if (version !== undefined && semver.gte(version, oldestVersion)) {
      report.note(`pulumi ${version}: ${command}`);
      return { command, version };
    }
    const seen = version === undefined ? "does not say its version" : `is ${version}`;
    report.note(`${command}: passed over, it ${seen}, and ${oldestVersion} or newer is needed`);
  }
  const component = pulumi();
  const { pulumi: file } = await resolveBinaries([component], undefined, report);
  const version = file && (await versionOf(file.path));
  if (!version) throw new LabError(`${file?.path ?? "pulumi"}: does not say its version`, "install the Pulumi CLI");
  return { command: file.path, version };
}

function inFolder(folder: string | undefined): string[] {
  return folder === undefined ? [] : [path.resolve(folder, "pulumi")].filter((file) => existsSync(file));
}

/**
 * A shell that has a lab's environment finds that lab's link, which goes when the lab does. Other links stay as they are:
 * what is behind them may go by the name it is called by.
 */
async function behindLabLink(file: string): Promise<string> {
  const ofLab = existsSync(path.join(path.dirname(file), "..", "home", labHomeMark));
  return ofLab ? fs.realpath(file) : file;
}

/** Marks a PULUMI_HOME as a lab's. */
export const labHomeMark = "made-by-lab";

/** The person's own folder of Pulumi, which a lab reads and never writes; not a lab's, which a shell may have for it. */
export function pulumiHome(): string {
  const named = process.env.PULUMI_HOME;
  const isPersons = named && !existsSync(path.join(named, labHomeMark));
  return isPersons ? named : path.join(homedir(), ".pulumi");
}

/** Executables of that name on PATH; not those of a node_modules folder, which only download what they are named for. */
export function onPath(name: string): string[] {
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => folder !== "" && !folder.includes("node_modules"))
    .map((folder) => path.join(folder, name))
    .filter((file) => existsSync(file));
}

/** What Pulumi's installers leave there, the newest first. */
async function inVersionFolders(): Promise<string[]> {
  const folder = path.join(pulumiHome(), "versions");
  const versions = await fs.readdir(folder).catch(() => []);
  return versions
    .filter((version) => semver.valid(version))
    .sort(semver.rcompare)
    .map((version) => path.join(folder, version, "bin", "pulumi"))
    .filter((file) => existsSync(file));
}

async function versionOf(command: string): Promise<string | undefined> {
  // Every call leaves a log in its home, which must not be the person's own.
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: path.join(cacheDirectory(), "pulumi") };
  const { code, stdout } = await tryRun(command, ["version"], { env, timeoutSeconds: 30 });
  return code === 0 ? (semver.parse(stdout.trim())?.version ?? undefined) : undefined;
}
