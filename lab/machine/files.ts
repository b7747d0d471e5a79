import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * Writes a file so that a reader sees the old content or the new one, never a part; makes its folder. A file that has
 * this content already is left alone.
 */
export async function writeFileAtomic(file: string, content: string, mode = 0o600): Promise<void> {
  if ((await readIfExists(file)) === content) return;
  await fs.mkdir(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.partial`;
  await fs.writeFile(beside, content, { mode });
  await fs.chmod(beside, mode);
  await fs.rename(beside, file);
}

/** Content of a text file, undefined if there is none. */
export async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Not by `instanceof Error`: a test's errors come from another realm than the file system's. */
function isNotFound(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";
}

/** Content of a file; written from `make` first if there is none, so that it stays the same from then on. */
export async function readOrCreate(file: string, make: () => string | Promise<string>, mode = 0o600): Promise<string> {
  const existing = await readIfExists(file);
  if (existing !== undefined) return existing;
  const content = await make();
  await writeFileAtomic(file, content, mode);
  return content;
}

/** SHA-256 of a file, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

export async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
