import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assignments } from "../base/script";
import type { Script } from "../base/script";

/** The whole text of a script: its header of values, and its file with the files it reads (`. ./other.sh`) in their place. */
export function scriptText({ file, values }: Script): string {
  return `${assignments(values)}${bundledText(file)}`;
}

/**
 * A script as a function of another one's, with variables and functions of its own.
 *
 * @example scriptFunction("health", kubeletHealth)   // health() (\n...\n)\n
 */
export function scriptFunction(name: string, script: Script | undefined): string {
  return `${name}() (\n${script === undefined ? ":\n" : scriptText(script)})\n`;
}

const bundled = new Map<string, string>();

/** A file of this package with what it sources; read once a process. */
export function bundledText(file: string): string {
  const known = bundled.get(file);
  if (known !== undefined) return known;
  const path = join(packageFolder(), file);
  const text = readFileSync(path, "utf8").replace(/^\. (\.{1,2}\/\S+)\n/gm, (_line, other: string) =>
    bundledText(join(dirname(file), other)),
  );
  bundled.set(file, text);
  return text;
}

/** The scripts are beside the sources and not compiled: this module may run from either place. */
function packageFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
