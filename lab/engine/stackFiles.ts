/** `stack export` and `stack import`. Source: pkg/cmd/pulumi/stack. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Checkpoint, readState } from "./checkpoint";
import { parseDeployment } from "./deployment";
import { takeLock } from "./lock";
import { readSalt } from "./stackConfig";

/** @param target file to write; standard output where there is none. */
export function exportStack(state: string, target: string | undefined): void {
  if (!existsSync(state)) throw new Error(`${state} does not exist: nothing was ever brought up with it`);
  const text = `${JSON.stringify(JSON.parse(readFileSync(state, "utf8")), undefined, 4)}\n`;
  if (target === undefined) process.stdout.write(text);
  else writeFileSync(target, text, { mode: 0o600 });
}

/**
 * @param source file to read; standard input where there is none.
 * @throws Error where it is no deployment, uses what the engine lacks, or is of another stack and not forced.
 */
export async function importStack(
  { state, configFile, stack }: { state: string; configFile: string; stack: string },
  source: string | undefined,
  force: boolean,
): Promise<void> {
  await takeLock(state);
  const own = readState(state, existsSync(configFile) ? readSalt(configFile) : undefined).vault.salt;
  const { snapshot, vault } = parseDeployment(readFileSync(source ?? 0, "utf8"), own);
  const foreign = snapshot.resources.find(({ urn }) => !urn.startsWith(`urn:pulumi:${stack}::`));
  if (foreign !== undefined && !force) {
    throw new Error(
      `resource '${foreign.urn}' belongs to a different stack than '${stack}'; --force imports it nevertheless`,
    );
  }
  for (const { resource, type } of snapshot.pendingOperations) {
    process.stderr.write(`warning: removing pending operation '${type}' on '${resource.urn}' from snapshot\n`);
  }
  await new Checkpoint(state, { ...snapshot, pendingOperations: [] }, vault).save();
  process.stdout.write("Import complete.\n");
}
