/** Where provider plugins are found; the order is the Pulumi CLI's, with the lab's stand-ins after it. */
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { rcompare, valid } from "semver";

export interface PluginCommand {
  command: string;
  args: string[];
  /** The plugin's own file, for messages and for what the plugin is told of itself. */
  path: string;
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

function onPath(executable: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, executable)).find(isExecutable);
}

/** Pulumi's plugin cache: the version asked for if it is there, else the newest. */
function inCache(name: string, version: string): string | undefined {
  const cache = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins");
  const prefix = `resource-${name}-v`;
  const versions = (existsSync(cache) ? readdirSync(cache) : [])
    .filter((folder) => folder.startsWith(prefix))
    .map((folder) => folder.slice(prefix.length))
    .filter((found) => valid(found) !== null)
    .sort((left, right) => (left === version ? -1 : right === version ? 1 : rcompare(left, right)));
  return versions.map((found) => join(cache, prefix + found, `pulumi-resource-${name}`)).find(isExecutable);
}

/** The module of the SDK the program itself uses, so that program, plugin and engine agree on the protocol. */
export function sdkModule(module: string, programDirectory: string): string {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve(`@pulumi/pulumi/${module}`);
  } catch {
    return createRequire(__filename).resolve(`@pulumi/pulumi/${module}`);
  }
}

/**
 * Finds the plugin of a package.
 * @throws Error naming every place that was looked at.
 */
export function findPlugin(name: string, version: string, programDirectory: string): PluginCommand {
  if (name === "pulumi-nodejs") {
    const path = sdkModule("cmd/dynamic-provider", programDirectory);
    return { command: process.execPath, args: [path], path };
  }
  const executable = `pulumi-resource-${name}`;
  const binary = onPath(executable) ?? inCache(name, version);
  if (binary !== undefined) {
    return { command: binary, args: [], path: binary };
  }
  const standIn = join(dirname(__dirname), "standins", `${name}.js`);
  if (existsSync(standIn)) {
    return { command: process.execPath, args: [standIn], path: standIn };
  }
  throw new Error(
    `no plugin for package ${JSON.stringify(name)}${version === "" ? "" : ` (version ${version})`}: there is no ${executable} on PATH, ` +
      `no resource-${name}-v* in Pulumi's plugin cache and no stand-in ${standIn}; ` +
      `install it with "pulumi plugin install resource ${name} ${version}" or put ${executable} on PATH`,
  );
}
