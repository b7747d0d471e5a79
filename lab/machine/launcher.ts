import * as fs from "node:fs/promises";
import * as path from "node:path";
import { writeFileAtomic } from "./files";
import { shellQuote } from "../../base/shellQuote";

/** Writes an executable that runs a script by the Node.js of this process, whatever `node` is on PATH later. */
export async function writeLauncher(file: string, script: string): Promise<void> {
  await writeFileAtomic(file, `#!/bin/sh\nexec ${shellQuote(process.execPath)} ${shellQuote(script)} "$@"\n`, 0o755);
}

/** Makes `file` a link to `target`; what was there before is replaced at once, never missing. */
export async function linkTo(file: string, target: string): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.partial`;
  await fs.rm(beside, { force: true });
  await fs.symlink(target, beside);
  await fs.rename(beside, file);
}
