import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onPath, pulumiHome } from "../../../lab/pulumi/findCli";
import type { Diff, PluginClient } from "./pluginClient";

/** What a plugin answers to a sequence of calls, be it the real one or the stand-in. */
export interface Row<Scene> {
  title: string;
  type: string;
  /** Makes the calls. Leaves out, or replaces, what differs from run to run. */
  answers: (plugin: PluginClient, scene: Scene) => Promise<unknown>;
  expected: unknown;
}

/** What plugins work on. */
export interface Scene {
  /** The provider's configuration. */
  config: Record<string, string>;
  stop: () => Promise<void>;
}

/** The rows of one plugin. */
export interface Contract<Its extends Scene = Scene> {
  start: () => Promise<Its>;
  /** Whether it takes secrets, and previews. */
  configured: [boolean, boolean];
  rows: Row<Its>[];
}

/** The version of the SDK that the program uses, and of the plugin that it asks for. */
export function sdkVersion(name: string): string {
  const file = readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

/**
 * The real plugin of the version that the SDK asks for: in the folder that KWN_REAL_PLUGINS names, where the Pulumi CLI
 * keeps plugins, or on PATH. Undefined where there is none.
 */
export function findRealPlugin(name: string): string | undefined {
  const executable = `pulumi-resource-${name}`;
  const { KWN_REAL_PLUGINS } = process.env;
  const folders = [...(KWN_REAL_PLUGINS ? [KWN_REAL_PLUGINS] : []), join(pulumiHome(), "plugins")];
  const files = folders.map((folder) => join(folder, `resource-${name}-v${sdkVersion(name)}`, executable));
  return [...files, ...onPath(executable)].find((file) => existsSync(file));
}

/** All that a diff says, in one line. */
export function verdict({ changes, diffs, replaces, details, hasDetails, deleteBeforeReplace }: Diff): string {
  const parts = [
    changes ? (replaces.length > 0 ? `replace for ${replaces.join(", ")}` : "update") : "same",
    ...(diffs.length > 0 ? [`names ${diffs.join(", ")}`] : []),
    ...(hasDetails ? [`details ${details.join(", ") || "none"}`] : []),
    ...(deleteBeforeReplace ? ["delete first"] : []),
  ];
  return parts.join("; ");
}
