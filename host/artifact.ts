import { existsSync } from "node:fs";
import { resolve } from "node:path";
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
  const file = localFile(source);
  await step("prepare");
  await session.upload(file, assertSafePath(path).replace(/([^/]+)$/, ".$1.new"));
  await step("check");
}

/** The local file of a source. @throws Error naming a path that does not exist. */
export function localFile(source: string): string {
  const file = resolve(source);
  if (existsSync(file)) return file;
  throw new Error(
    `source ${source}: no such file on the machine that runs Pulumi; give the path of the file or an https URL`,
  );
}
