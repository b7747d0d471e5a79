import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The plugins that have a stand-in, by Pulumi package name. */
export const standInNames = ["command", "kubernetes", "tls"] as const;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Writes `pulumi-resource-<name>` executables that run the stand-ins into `directory`, for a PATH on which the Pulumi
 * CLI finds them where the real plugins cannot be had.
 * @param names which ones; by default all.
 * @param built folder of the compiled stand-ins; by default the one this module is in.
 * @returns the files written.
 * @example await installStandIns("/tmp/plugins"); // then: PATH=/tmp/plugins:$PATH pulumi up
 */
export async function installStandIns(
  directory: string,
  names: readonly string[] = standInNames,
  built = __dirname,
): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  return Promise.all(
    names.map(async (name) => {
      const file = join(directory, `pulumi-resource-${name}`);
      const script = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(join(built, `${name}.js`))} "$@"\n`;
      await writeFile(file, script, { mode: 0o755 });
      return file;
    }),
  );
}
