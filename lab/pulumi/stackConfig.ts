import * as fs from "node:fs/promises";
import * as path from "node:path";
import { dump, load } from "js-yaml";
import { run } from "../machine/command";
import { projectDirectory } from "../machine/directories";
import { readIfExists, writeFileAtomic } from "../machine/files";
import type { LabFiles } from "../plan/layout";
import { pulumiEnvironment, pulumiFiles, stackName } from "./environment";
import { overlay } from "./overlay";

/** A stack's configuration file. */
interface StackFile {
  encryptionsalt?: string;
  config?: Record<string, unknown>;
}

/**
 * Makes the lab's Pulumi project and the stack in it: Pulumi.yaml is the committed one with its `main` where the
 * tree has it, so that every command of the CLI works there and none writes into the working tree; Pulumi.dev.yaml is the
 * committed one, and over it what only this lab knows.
 *
 * @param plain settings by their full keys
 * @param secrets likewise; encrypted by the CLI, and only where they differ, so that the file stays the same
 */
export async function ensureStack(
  files: LabFiles,
  plain: Record<string, unknown>,
  secrets: Record<string, string>,
): Promise<void> {
  const tree = projectDirectory();
  const { project, state } = pulumiFiles(files.pulumi);
  const ofTree = (await readYaml(path.join(tree, "Pulumi.yaml"))) as { main?: string };
  const main = path.join(tree, ofTree.main ?? ".");
  await writeFileAtomic(project, toYaml({ ...ofTree, main }), 0o644);
  await fs.mkdir(state, { recursive: true });
  await pulumi(files, ["stack", "select", "--create", stackName]);
  const committed = (await readYaml(path.join(tree, "Pulumi.dev.yaml"))) as StackFile;
  const before = (await readYaml(files.stackConfig)) as StackFile;
  const sealed = Object.entries(before.config ?? {}).filter(([key]) => key in secrets);
  const config = { ...overlay(committed.config ?? {}, plain), ...Object.fromEntries(sealed) };
  await writeFileAtomic(files.stackConfig, toYaml({ ...before, config: sorted(config) }));
  await setSecrets(files, secrets);
}

/** Values go by standard input: an argument is everybody's to read. */
async function setSecrets(files: LabFiles, secrets: Record<string, string>): Promise<void> {
  const shown = await pulumi(files, ["config", "--show-secrets", "--json"]);
  const present = JSON.parse(shown) as Record<string, { value?: string; secret: boolean } | undefined>;
  for (const [key, value] of Object.entries(secrets)) {
    // The CLI takes a line break off the end of what it reads.
    if (present[key]?.secret && present[key].value === value.replace(/\n$/, "")) continue;
    await pulumi(files, ["config", "set", "--secret", key], value);
  }
}

async function pulumi(files: LabFiles, args: string[], input?: string): Promise<string> {
  const options = { cwd: files.pulumi, env: pulumiEnvironment(files), timeoutSeconds: 120, input };
  return run("pulumi", [...args, "--non-interactive"], options);
}

async function readYaml(file: string): Promise<object> {
  const text = await readIfExists(file);
  return text === undefined ? {} : ((load(text) as object | undefined) ?? {});
}

function toYaml(content: object): string {
  return dump(content, { lineWidth: -1 });
}

function sorted(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
}
