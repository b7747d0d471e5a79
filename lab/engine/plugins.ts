/** Provider plugins: where they are found, on PATH first as with the Pulumi CLI, then the lab's stand-ins; and their start. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startChild, stopChild } from "./processes";
import type { Project } from "./project";
import { configJson, type StackConfig } from "./stackConfig";

/** How long a plugin may take to print its port. */
const startSeconds = 60;

/** The module of the SDK the program itself uses, so that program, plugin and engine agree on the protocol. */
export const sdkModule = (module: string, programDirectory: string): string =>
  createRequire(join(programDirectory, "package.json")).resolve(`@pulumi/pulumi/${module}`);

/** @throws Error naming every place that was looked at. */
function findPlugin(name: string, version: string, programDirectory: string): string[] {
  if (name === "pulumi-nodejs") return [process.execPath, sdkModule("cmd/dynamic-provider", programDirectory)];
  const executable = `pulumi-resource-${name}`;
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const found = folders.map((folder) => join(folder, executable)).find((file) => existsSync(file));
  if (found !== undefined) return [found];
  const standIn = join(dirname(__dirname), "standins", `${name}.js`);
  if (existsSync(standIn)) return [process.execPath, standIn];
  throw new Error(
    `no plugin for package ${JSON.stringify(name)}${version && ` (version ${version})`}: there is no ${executable} ` +
      `on PATH and no stand-in ${standIn}; put the plugin on PATH`,
  );
}

/** What every plugin of a run is told, and who is told what they print. */
export interface PluginOptions {
  project: Project;
  config: StackConfig;
  engineAddress: string;
  /** @param dynamic whether it is the program's own code that printed the line. */
  log: (line: string, dynamic: boolean) => void;
}

/**
 * Starts the plugin of a package.
 * @returns its address; the port is the first number alone on a line of its output.
 * @throws Error with the plugin's own words when it ends first or stays silent.
 */
export async function startPlugin(name: string, version: string, options: PluginOptions): Promise<string> {
  const { project, config, engineAddress, log } = options;
  const { programDirectory } = project;
  const command = [...findPlugin(name, version, programDirectory), engineAddress];
  const names = { PULUMI_PROJECT: project.name, PULUMI_NODEJS_PROJECT: project.name };
  const env = { ...process.env, ...names, PULUMI_CONFIG: configJson(config) };
  const said: string[] = [];
  let known: (port: number) => void;
  const port = new Promise<number>((resolve) => (known = resolve));
  const { child, ended } = startChild(command, programDirectory, env, (line, stream) => {
    if (stream === "stdout" && /^\d+$/.test(line.trim())) return known(Number(line));
    said.push(line);
    log(line, name === "pulumi-nodejs");
  });
  const silent = pause(startSeconds * 1000, `it was silent for ${startSeconds} s`, { ref: false });
  const result = await Promise.race([port, ended, silent]);
  if (typeof result === "number") return `127.0.0.1:${result}`;
  stopChild(child);
  throw new Error([`plugin ${command.at(-2)} printed no port (${result})`, ...said].join("\n"));
}
