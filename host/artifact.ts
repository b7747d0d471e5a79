import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { assertSafePath } from "./files";
import { remoteScript } from "./remoteLibrary";
import type { Session } from "./session";
import { shellQuote } from "../base/shellQuote";

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

/** Shell functions that bring an artifact to `$1` with digest `$2`; nothing is left behind when it is not the right one. */
export const artifactLibrary = String.raw`
check_artifact() {
  seen=$(digest "$1")
  [ "$seen" = "$2" ] && return 0
  rm -f "$1"
  fail "$3: SHA-256 is $seen, expected $2; nothing was installed"
}
fetch_artifact() {
  if command -v curl >/dev/null; then curl -fsSL --retry 3 --connect-timeout 15 -o "$1" "$3"
  elif command -v wget >/dev/null; then wget -q -T 60 -O "$1" "$3"
  else fail "neither curl nor wget is installed to fetch $3; install one or give a local file as source"; fi || { rm -f "$1"; fail "cannot fetch $3"; }
  check_artifact "$1" "$2" "$3"
}
`;

/** Whether the host fetches the artifact itself. */
export function isRemote(source: string): boolean {
  return /^https?:\/\//.test(source);
}

/** The paths among `artifacts` whose digest on the host is another one; one round trip. */
export async function differing(session: Session, name: string, artifacts: ArtifactMap): Promise<string[]> {
  const seen = await digests(session, name, Object.keys(artifacts));
  return Object.entries(artifacts)
    .filter(([path, artifact]) => seen[path] !== artifact.sha256)
    .map(([path]) => path);
}

/** Path -> hex SHA-256 of those that are there; one round trip. */
export async function digests(session: Session, name: string, paths: string[]): Promise<Record<string, string>> {
  if (paths.length === 0) return {};
  const script = remoteScript(name, reportDigests(paths));
  return parseDigests(await session.mustRun("reading checksums", script));
}

/** The script lines that report the digest of each path. */
export function reportDigests(paths: string[]): string {
  return (
    paths.map((path) => `[ -f ${path} ] && printf 'digest|%s|%s\\n' ${path} "$(digest ${path})"`).join("\n") + "\n:"
  );
}

/** What `reportDigests` printed. */
export function parseDigests(report: string): Record<string, string> {
  const lines = report.split("\n").map((line) => line.split("|"));
  return Object.fromEntries(
    lines.filter(([kind]) => kind === "digest").map(([, path = "", sha256 = ""]) => [path, sha256]),
  );
}

/** Brings each artifact beside its path, as the file that `swap` of the remote library puts in place. */
export async function stageArtifacts(
  session: Session,
  name: string,
  artifacts: ArtifactMap,
  paths: string[],
): Promise<void> {
  for (const path of paths) {
    const artifact = artifacts[path];
    if (artifact) await stageArtifact(session, name, path, artifact);
  }
}

async function stageArtifact(session: Session, name: string, path: string, artifact: Artifact): Promise<void> {
  const prepare = `make_directory "$(dirname ${assertSafePath(path)})" 0755 || fail "cannot create the directory of ${path}"`;
  const args = `"$(beside ${path} new)" ${shellQuote(artifact.sha256)} ${shellQuote(artifact.source)}`;
  const finish = `chown root:root "$(beside ${path} new)" && chmod 0755 "$(beside ${path} new)" && sync "$(beside ${path} new)"`;
  if (isRemote(artifact.source)) {
    await session.mustRun(
      `installing ${path}`,
      remoteScript(name, `${artifactLibrary}\n${prepare}\nfetch_artifact ${args}\n${finish}`),
    );
    return;
  }
  const staging = path.replace(/([^/]+)$/, ".$1.new");
  await session.mustRun(`installing ${path}`, remoteScript(name, prepare));
  await session.upload(localFile(artifact.source), staging);
  await session.mustRun(
    `installing ${path}`,
    remoteScript(name, `${artifactLibrary}\ncheck_artifact ${args}\n${finish}`),
  );
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
export function localFile(source: string): string {
  const file = resolve(source);
  if (existsSync(file)) return file;
  throw new Error(
    `source ${source}: no such file on the machine that runs Pulumi; give the path of the file or an https URL`,
  );
}
