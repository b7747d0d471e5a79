import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { assertSafePath } from "./files";
import type { HostInputs } from "./hostChange";
import { remoteScript } from "./remoteScript";
import type { Session } from "./session";

/** A binary or archive and where it comes from. */
export interface Artifact {
  /**
   * An https URL, which the host fetches itself with curl or wget, or the path of a file on the machine that runs Pulumi,
   * relative to the program's folder, which is sent over the host's SSH connection.
   */
  source: string;
  /** Hex SHA-256 of the file; nothing else is ever put in place. */
  sha256: string;
}

/** Path on the host -> artifact. */
export type ArtifactMap = Record<string, Artifact>;

/** A resource that owns artifacts: its name on the host, and under which claim. */
export interface ArtifactOwner {
  name: string;
  claim: HostInputs["claim"];
}

/** Whether the host fetches the artifact itself. */
export function isRemote(source: string): boolean {
  return /^https?:\/\//.test(source);
}

/** The paths among `artifacts` whose digest on the host is another one; one round trip. */
export async function differing(session: Session, owner: ArtifactOwner, artifacts: ArtifactMap): Promise<string[]> {
  const paths = Object.keys(artifacts).map(assertSafePath);
  if (paths.length === 0) return [];
  const script = remoteScript({ ...owner, file: "digests", values: { paths } });
  const seen = parseDigests(await session.mustRun("reading checksums", script));
  return Object.entries(artifacts)
    .filter(([path, artifact]) => seen[path]?.sha256 !== artifact.sha256)
    .map(([path]) => path);
}

/** What is known of a binary on a host. */
export interface SeenBinary {
  sha256: string;
  /** Mode and owner as `stat -c '%a|%U:%G'` prints them. */
  mode: string;
}

/** Mode and owner that every binary of ours has. */
export const binaryMode = "755|root:root";

/** What the script function `report_digest` printed: path -> what is there. */
export function parseDigests(report: string): Record<string, SeenBinary> {
  const lines = report.split("\n").map((line) => line.split("|"));
  return Object.fromEntries(
    lines
      .filter(([kind]) => kind === "digest")
      .map(([, path = "", sha256 = "", ...mode]) => [path, { sha256, mode: mode.join("|") }]),
  );
}

/** Brings each artifact beside its path, as the file that a transaction puts in place. */
export async function stageArtifacts(
  session: Session,
  owner: ArtifactOwner,
  artifacts: ArtifactMap,
  paths: string[],
): Promise<void> {
  for (const path of paths) {
    const artifact = artifacts[path];
    if (artifact) await stageArtifact(session, owner, path, artifact);
  }
}

async function stageArtifact(
  session: Session,
  owner: ArtifactOwner,
  path: string,
  { source, sha256 }: Artifact,
): Promise<void> {
  const step = (step: "prepare" | "check" | "fetch"): Promise<string> => {
    const script = remoteScript({ ...owner, file: "artifactStage", values: { step, path, sha256, source } });
    return session.mustRun(`installing ${path}`, script);
  };
  if (isRemote(source)) {
    await step("fetch");
    return;
  }
  const file = await checkLocalFile(source, sha256);
  await step("prepare");
  await session.upload(file, assertSafePath(path).replace(/([^/]+)$/, ".$1.new"));
  await step("check");
}

/** Path -> what was read of it: the digest of a file that was not written since need not be made again. */
const digestsOfLocalFiles = new Map<string, { stamp: string; digest: Promise<string> }>();

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

function localDigest(file: string, stamp: string): Promise<string> {
  const known = digestsOfLocalFiles.get(file);
  if (known?.stamp === stamp) return known.digest;
  const digest = streamedDigest(file);
  // Hosts are served side by side: all wait for the one reading. One that failed is not kept.
  digestsOfLocalFiles.set(file, { stamp, digest });
  digest.catch(() => digestsOfLocalFiles.delete(file));
  return digest;
}

async function streamedDigest(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
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
