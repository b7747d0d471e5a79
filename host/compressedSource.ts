import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";

/** How bytes travel to a host: what it has a program to unpack for, or as they are. */
export type Encoding = "zstd" | "gzip" | "plain";

/** A source of bytes, and what they go through. */
type Streams = (Readable | Transform)[];

/** A way to compress, with the ending of what it makes. */
interface Compressor {
  ending: string;
  start: () => Transform;
}

/**
 * Fast levels: on a fast network the first host waits for the compression, on a slow one the last bytes matter less than the first
 * ones. Both work in threads of their own, so that all other hosts are served meanwhile. Node.js has zstd since 22.15.
 */
const compressors: Record<Exclude<Encoding, "plain">, Compressor | undefined> = {
  zstd:
    typeof zlib.createZstdCompress === "function"
      ? {
          ending: ".zst",
          start: () => zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } }),
        }
      : undefined,
  gzip: { ending: ".gz", start: () => zlib.createGzip({ level: 1 }) },
};

/** The best way to both sides, of the programs that a host has. @example encodingFor(["gzip"]) // "gzip" */
export function encodingFor(programs: readonly string[]): Encoding {
  const [best = "plain"] = (["zstd", "gzip"] as const).filter(
    (name) => programs.includes(name) && compressors[name] !== undefined,
  );
  return best;
}

/** Compressions of this process: hosts are served side by side and wait for the one. */
const made = new Map<string, Promise<string | undefined>>();

/**
 * The bytes of a local file from `offset` on, as they travel. A whole one is compressed once and kept, beside the source or else in
 * the user's cache; a rest of one is compressed on its way.
 *
 * @param fresh does not trust what was kept.
 */
export async function encodedStream(
  file: string,
  sha256: string,
  encoding: Encoding,
  { offset = 0, fresh = false } = {},
): Promise<{ streams: () => Streams; size?: number }> {
  const compressor = encoding === "plain" ? undefined : compressors[encoding];
  const rest = (): Readable => createReadStream(file, { start: offset });
  if (compressor === undefined) return { streams: () => [rest()], size: (await stat(file)).size - offset };
  const kept = offset > 0 || fresh ? undefined : await keptFile(file, sha256, compressor);
  // It may have been deleted since.
  const found = kept === undefined ? undefined : await stat(kept).catch(() => undefined);
  if (kept === undefined || found === undefined) return { streams: () => [rest(), compressor.start()] };
  return { streams: () => [createReadStream(kept)], size: found.size };
}

/** Takes away what was kept of a file, where it turned out to be wrong. */
export async function forgetCompressed(file: string, sha256: string): Promise<void> {
  for (const key of made.keys()) if (key.startsWith(`${sha256} `)) made.delete(key);
  for (const folder of foldersFor(file)) await removeKept(folder, file, (name) => name.includes(sha256));
}

function keptFile(file: string, sha256: string, compressor: Compressor): Promise<string | undefined> {
  const key = `${sha256} ${compressor.ending} ${file}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const making = keep(file, sha256, compressor);
  made.set(key, making);
  return making;
}

/** The compressed file, made in the first folder that can be written; undefined where none can. */
async function keep(file: string, sha256: string, compressor: Compressor): Promise<string | undefined> {
  const name = `.${basename(file)}.${sha256}${compressor.ending}`;
  const found = foldersFor(file).map((folder) => join(folder, name));
  const there = found.find((path) => existsSync(path));
  if (there !== undefined) return there;
  for (const path of found) {
    if (await compress(file, path, compressor)) {
      // Of the user's cache it is not known who needs what.
      if (dirname(path) === dirname(file)) await removeKept(dirname(file), file, (other) => !other.includes(sha256));
      return path;
    }
  }
  return undefined;
}

function foldersFor(file: string): string[] {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return [dirname(file), join(cache, "kubernetes-worker-nodes", "compressed")];
}

/** Writes it beside its place and renames it, so that nobody ever sees half of it. */
async function compress(file: string, path: string, { start }: Compressor): Promise<boolean> {
  const unfinished = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(createReadStream(file), start(), createWriteStream(unfinished, { mode: 0o600, flags: "wx" }));
    // Whoever may read the source may read this; nobody may run it.
    await chmod(unfinished, ((await stat(file)).mode & 0o044) | 0o600);
    await rename(unfinished, path);
    return true;
  } catch {
    await rm(unfinished, { force: true }).catch(() => undefined);
    return false;
  }
}

/** Removes kept files of versions before; of those that are being made only ones that nobody can be at any more. */
async function removeKept(folder: string, file: string, isOld: (name: string) => boolean): Promise<void> {
  const prefix = `.${basename(file)}.`;
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    if (!/^[0-9a-f]{64}\.(zst|gz)(\.[0-9a-f]{12}\.tmp)?$/.test(rest)) continue;
    const path = join(folder, name);
    const isOrphan =
      name.endsWith(".tmp") && Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? 0) > 3600_000;
    if (isOrphan || (!name.endsWith(".tmp") && isOld(name))) await rm(path, { force: true }).catch(() => undefined);
  }
}
