import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Arch } from "../../base/arch";
import { checkedReleases, releaseSources, type ReleaseSources } from "../../base/releaseSources";
import { UsageError } from "../arguments";

/** A file's entry in the setting `binaries`. */
export interface Checksum {
  source?: string;
  sha256: string;
}

/** The entry of one architecture; flannel's files where there are any. */
export type Checksums = Record<(typeof checkedReleases)[number], Checksum> &
  Partial<Record<keyof ReleaseSources, Checksum>>;

/** Longest time for a checksum's download, in milliseconds. */
const patience = 15_000;

/**
 * The checksums that the official release publishes beside its files.
 *
 * @throws UsageError where they cannot be had
 */
export async function publishedChecksums(version: string, arch: Arch): Promise<Checksums> {
  const sources = releaseSources(version, arch);
  const all = await Promise.all(
    checkedReleases.map(async (name) => [name, { sha256: await published(`${sources[name]}.sha256`) }]),
  );
  return Object.fromEntries(all) as Checksums;
}

async function published(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patience) });
    const sha256 = /^[0-9a-f]{64}/i.exec(await answer.text())?.[0];
    if (answer.ok && sha256 !== undefined) return sha256;
    throw new Error(`answered ${answer.status}`);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `${url}: ${reason}; download kubelet, kube-proxy and the CNI plugins' archive elsewhere, and give their folder by --binaries`,
      { cause: error },
    );
  }
}

/**
 * The checksums of files in a folder: `kubelet`, `kube-proxy`, and the archive `cni-plugins-*.tgz`; `flanneld` and flannel's plugin
 * `flannel` where they are there.
 *
 * @param project folder that sources are written relative to
 * @throws UsageError naming what is not there
 */
export async function checksumsOf(folder: string, project: string): Promise<Checksums> {
  const archive = existsSync(folder)
    ? readdirSync(folder).find((name) => /^cni-plugins.*\.tgz$/.test(name))
    : undefined;
  const files = { kubelet: "kubelet", kubeProxy: "kube-proxy", cniPlugins: archive ?? "cni-plugins-*.tgz" };
  const ofFlannel = Object.entries({ flanneld: "flanneld", flannelCniPlugin: "flannel" });
  const found = ofFlannel.filter(([, name]) => existsSync(join(folder, name)));
  const missing = Object.values(files).filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) throw new UsageError(`--binaries ${folder}: has no ${missing.join(", ")}`);
  const all = await Promise.all(
    [...Object.entries(files), ...found].map(async ([key, name]) => {
      const path = join(folder, name);
      return [key, { source: relative(project, path) || path, sha256: await digest(path) }];
    }),
  );
  return Object.fromEntries(all) as Checksums;
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
