import * as fs from "node:fs/promises";
import * as path from "node:path";
import { cacheDirectory } from "../machine/directories";
import { exists, readIfExists, sha256Of, writeFileAtomic } from "../machine/files";
import { architecture } from "../machine/architecture";
import type { Component } from "./components";

/** A file of a component as it lies on this machine. */
export interface BinaryFile {
  path: string;
  /** Hex. */
  sha256: string;
}

/** Beside the files in the cache. */
interface Manifest {
  /** Where the files came from, such as "official release". */
  origin: string;
  sha256: Record<string, string>;
}

/** Folder of a component's version in the cache. */
export function cacheFolder(component: Component): string {
  return path.join(cacheDirectory(), "binaries", component.name, `${component.version}-linux-${architecture()}`);
}

/**
 * A component's files from the cache, each verified against the sum recorded when it was put there.
 * Returns the reason, a text, when there are none or one was altered; an altered entry is removed.
 */
export async function fromCache(component: Component): Promise<Record<string, BinaryFile> | string> {
  const folder = cacheFolder(component);
  const text = await readIfExists(path.join(folder, manifestName));
  if (text === undefined) return "not there";
  const manifest = JSON.parse(text) as Manifest;
  const files: Record<string, BinaryFile> = {};
  for (const name of new Set([...component.files, ...Object.keys(manifest.sha256)])) {
    const file = path.join(folder, name);
    const sha256 = (await exists(file)) ? await sha256Of(file) : undefined;
    if (sha256 === undefined || sha256 !== manifest.sha256[name]) {
      await fs.rm(folder, { recursive: true, force: true });
      return `${name} is ${sha256 === undefined ? "missing" : "altered"}, the entry was removed`;
    }
    files[name] = { path: file, sha256 };
  }
  return files;
}

/**
 * Fills a component's folder of the cache as a whole: `fill` writes into a folder beside it, which is renamed when all
 * files are there. Only one run at a time may fill it.
 */
export async function intoCache(
  component: Component,
  origin: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = cacheFolder(component);
  await removePartial(folder);
  await fs.mkdir(path.dirname(folder), { recursive: true });
  const beside = await fs.mkdtemp(`${folder}.partial-`);
  try {
    await fill(beside);
    const sha256: Record<string, string> = {};
    for (const name of await filesIn(beside)) {
      await fs.chmod(path.join(beside, name), name.endsWith(".tgz") ? 0o644 : 0o755);
      sha256[name] = await sha256Of(path.join(beside, name));
    }
    const manifest: Manifest = { origin, sha256 };
    await writeFileAtomic(path.join(beside, manifestName), JSON.stringify(manifest, null, 2), 0o644);
    await fs.chmod(beside, 0o755);
    await fs.rm(folder, { recursive: true, force: true });
    await fs.rename(beside, folder);
  } finally {
    await fs.rm(beside, { recursive: true, force: true });
  }
}

/** The files directly in a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Removes what runs that were killed have left beside a folder. */
async function removePartial(folder: string): Promise<void> {
  const siblings = await fs.readdir(path.dirname(folder)).catch(() => []);
  const partial = siblings.filter((name) => name.startsWith(`${path.basename(folder)}.partial-`));
  for (const name of partial) await fs.rm(path.join(path.dirname(folder), name), { recursive: true, force: true });
}

const manifestName = "manifest.json";
