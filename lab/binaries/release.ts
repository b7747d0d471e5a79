import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "../machine/command";
import { messageOf } from "../../base/errorMessage";
import { interruptSignal, throwIfInterrupted } from "../machine/interrupt";
import type { Report } from "../machine/progress";
import type { Component, Download } from "./components";

/** A site that does not answer by then is taken for unreachable. */
const answerTimeoutMilliseconds = 10_000;
const downloadTimeoutMilliseconds = 20 * 60_000;

/** Downloads a component's official release into `folder`, each file checked against its published SHA-256. */
export async function downloadRelease(component: Component, folder: string, report: Report): Promise<void> {
  for (const download of component.release?.downloads ?? []) await fetchDownload(download, folder, report);
}

async function fetchDownload(download: Download, folder: string, report: Report): Promise<void> {
  const name = path.posix.basename(new URL(download.url).pathname);
  const sum = checksumFor(name, await (await answer(download.checksumUrl, answerTimeoutMilliseconds)).text());
  if (sum === undefined) throw new Error(`${download.checksumUrl}: has no SHA-256 for ${name}`);
  report.working(`downloading ${name}`);
  const target = path.join(folder, name);
  await save(download.url, target, sum);
  if (!download.members) return;
  await unpackMembers(target, download.members, folder);
  await fs.rm(target);
}

/**
 * Takes members out of a gzipped tar, each under a name of its own.
 *
 * @param members file name in `folder` -> name in the archive
 */
export async function unpackMembers(archive: string, members: Record<string, string>, folder: string): Promise<void> {
  // Beside, since a folder of the archive may have the name that a member shall get: pulumi/pulumi.
  const unpacked = await fs.mkdtemp(path.join(folder, ".unpacked-"));
  await run("tar", ["--extract", "--gzip", "--file", archive, "--directory", unpacked, ...Object.values(members)]);
  for (const [file, member] of Object.entries(members))
    await fs.rename(path.join(unpacked, member), path.join(folder, file));
  await fs.rm(unpacked, { recursive: true });
}

async function save(url: string, target: string, sha256: string): Promise<void> {
  const response = await answer(url, downloadTimeoutMilliseconds);
  if (!response.body) throw new Error(`${url}: empty answer`);
  const hash = createHash("sha256");
  await pipeline(
    response.body,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(target),
  ).catch((error: unknown) => {
    throwIfInterrupted();
    throw error;
  });
  const seen = hash.digest("hex");
  if (seen !== sha256) throw new Error(`${url}: SHA-256 is ${seen}, published is ${sha256}`);
}

async function answer(url: string, timeoutMilliseconds: number): Promise<Response> {
  const signal = AbortSignal.any([AbortSignal.timeout(timeoutMilliseconds), interruptSignal()]);
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throwIfInterrupted();
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    throw new Error(`${new URL(url).host}: ${cause}`);
  });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
}

/**
 * The SHA-256 of `name` in a published checksum text: either only the sum, or lines of "<sum>  <name>".
 * Undefined if it has none.
 */
export function checksumFor(name: string, text: string): string | undefined {
  for (const line of text.split("\n")) {
    const [sum = "", file] = line.trim().split(/\s+/);
    if (!/^[0-9a-f]{64}$/i.test(sum)) continue;
    if (file === undefined || path.posix.basename(file.replace(/^\*/, "")) === name) return sum.toLowerCase();
  }
  return undefined;
}
