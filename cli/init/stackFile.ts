import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { fieldsOf } from "../../base/rules/finding";
import { UsageError } from "../arguments";

/** The Pulumi project of a folder. */
export interface Project {
  folder: string;
  /** Its name, which is the namespace of its settings. */
  name: string;
}

/** @throws UsageError where the folder has none */
export function readProject(folder: string): Project {
  const file = join(folder, "Pulumi.yaml");
  const name = existsSync(file) ? fieldsOf(load(readFileSync(file, "utf8")))["name"] : undefined;
  if (typeof name === "string") return { folder, name };
  throw new UsageError(`${folder}: has no Pulumi.yaml with a name; run this in the folder of the program`);
}

/** Makes the stack where it is not there, and tells which of its settings are set. */
export async function openStack({ folder, name }: Project, stack: string): Promise<ReadonlySet<string>> {
  await pulumi(folder, ["stack", "select", "--create", stack]);
  const shown = fieldsOf(JSON.parse(await pulumi(folder, ["config", "--json", "--stack", stack])) as unknown);
  // A default of Pulumi.yaml is shown as well; most of them are empty.
  const isSet = (entry: unknown): boolean => {
    const { value, secret } = fieldsOf(entry);
    return secret === true || (typeof value === "string" && !["", "[]", "{}"].includes(value));
  };
  const keys = Object.entries(shown).filter(([key, value]) => key.startsWith(`${name}:`) && isSet(value));
  return new Set(keys.map(([key]) => key.slice(name.length + 1)));
}

/**
 * Writes settings into the stack's file: secrets by the CLI, which encrypts them and is told by standard input; the rest as text, so
 * that what stands there stays as it is, comments too.
 */
export async function writeSettings(
  { folder, name }: Project,
  stack: string,
  plain: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): Promise<string> {
  for (const [key, value] of Object.entries(secrets)) {
    await pulumi(folder, ["config", "set", "--secret", `${name}:${key}`, "--stack", stack], value);
  }
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const named = Object.fromEntries(Object.entries(plain).map(([key, value]) => [`${name}:${key}`, value]));
  const lines = Object.keys(named).length === 0 ? "" : dump(named, { lineWidth: -1, noRefs: true });
  writeFileSync(file, withKeys(before, lines), { mode: 0o600 });
  return file;
}

/** @example withKeys("config:\n  a: 1\n", "b: 2\n") // "config:\n  b: 2\n  a: 1\n" */
export function withKeys(text: string, lines: string): string {
  if (lines === "") return text;
  const indented = lines.replaceAll(/^(?=.)/gm, "  ");
  const empty = text.replace(/^config: *\{\} *$/m, "config:");
  if (/^config: *$/m.test(empty)) return empty.replace(/^config: *\n/m, (head) => `${head}${indented}`);
  return `${empty}${empty === "" || empty.endsWith("\n") ? "" : "\n"}config:\n${indented}`;
}

/** Runs the CLI. A value goes by standard input: an argument is everybody's to read. */
function pulumi(folder: string, args: string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const child = spawn("pulumi", [...args, "--non-interactive"], { cwd: folder, env });
    let [output, errors] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    child.once("error", () =>
      reject(new UsageError("the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/")),
    );
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new UsageError(`pulumi ${args.slice(0, 3).join(" ")}: ${errors.trim() || output.trim()}`));
    });
    child.stdin.end(input);
  });
}
