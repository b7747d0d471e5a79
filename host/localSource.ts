import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";

/** Path -> what was read of it: the digest of a file that was not written since need not be made again. */
const digests = new Map<string, { stamp: string; digest: Promise<string> }>();

/**
 * The local file of a source, if it is the right one; to be asked before anything of it is sent.
 *
 * @throws Error saying what is there instead: nothing, a folder, or a file with another digest
 * @example const file = await checkLocalFile("bin/kubelet", sha256);
 */
export async function checkLocalFile(source: string, sha256: string): Promise<string> {
  const file = localFile(source);
  const found = await stat(file);
  if (found.isDirectory()) {
    throw new Error(`source ${source}: is a folder on the machine that runs Pulumi; give the path of the file in it`);
  }
  if (!found.isFile())
    throw new Error(`source ${source}: is no regular file on the machine that runs Pulumi; give one`);
  const seen = await localDigest(file, `${found.mtimeMs} ${found.size} ${found.ino}`);
  if (seen === sha256.toLowerCase()) return file;
  throw new Error(
    `source ${source}: SHA-256 is ${seen}, expected ${sha256}; give the file of that checksum, or correct sha256 (nothing was sent)`,
  );
}

/** Hex SHA-256 of the first bytes of a file. */
export function digestOfPrefix(file: string, bytes: number): Promise<string> {
  return streamedDigest(file, bytes - 1);
}

function localDigest(file: string, stamp: string): Promise<string> {
  const known = digests.get(file);
  if (known?.stamp === stamp) return known.digest;
  const digest = streamedDigest(file);
  // Hosts are served side by side: all wait for the one reading. One that failed is not kept.
  digests.set(file, { stamp, digest });
  digest.catch(() => digests.delete(file));
  return digest;
}

async function streamedDigest(file: string, end?: number): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { end, highWaterMark: 1 << 18 }), hash);
  return hash.digest("hex");
}

/** The local file of a source. @throws Error naming a path that does not exist. */
function localFile(source: string): string {
  const file = resolve(source);
  if (existsSync(file)) return file;
  throw new Error(
    `source ${source}: no such file on the machine that runs Pulumi; give the path of the file or an https URL`,
  );
}
