/** A provider plugin as a process: started, its port read from its output, stopped. Source: plugin/plugin.go. */
import type { ChildProcessWithoutNullStreams as ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { type ChildProcesses, stopChild } from "./childProcesses";
import type { PluginCommand } from "./pluginPath";
import { messageOf } from "./rpc";

/** How long a plugin may take to print its port. */
const startSeconds = 60;
/** Of what a plugin says before its port, so much goes into the error when it then fails. */
const keptLines = 40;

/** A running plugin. */
export interface PluginProcess {
  address: string;
  stop(): Promise<void>;
}

/** The number on the first line of its standard output; every other line goes to `log`. */
function readPort(child: ChildProcess, log: (line: string) => void): Promise<number> {
  return new Promise((resolve) => {
    let known = false;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        if (!known && stream === child.stdout && /^\d+$/.test(line.trim())) {
          known = true;
          resolve(Number(line));
        } else if (line.trim() !== "") {
          log(line);
        }
      });
    }
  });
}

/** @returns why a process will not come alive any more, when that is so. */
function failureOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, startSeconds * 1000, `did not print its port within ${String(startSeconds)} s`);
    timer.unref();
    child.once("error", (error) => {
      resolve(`could not be started: ${messageOf(error)}`);
    });
    child.once("close", (code) => {
      resolve(`ended with exit code ${String(code)} before it printed its port`);
    });
  });
}

/**
 * Starts a plugin and waits until it has printed its port; other lines it prints go to `log`.
 * @throws Error with the plugin's own words when it ends first or stays silent.
 */
export async function startPlugin(
  children: ChildProcesses,
  plugin: PluginCommand,
  engineAddress: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<PluginProcess> {
  const child = children.start(plugin.command, [...plugin.args, engineAddress], cwd, env);
  const said: string[] = [];
  const port = await Promise.race([
    failureOf(child),
    readPort(child, (line) => {
      said.push(line);
      said.splice(0, said.length - keptLines);
      log(line);
    }),
  ]);
  if (typeof port === "string") {
    await stopChild(child);
    throw new Error([`plugin ${plugin.path} ${port}`, ...said].join("\n"));
  }
  return { address: `127.0.0.1:${String(port)}`, stop: () => stopChild(child) };
}
