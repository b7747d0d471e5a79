import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../base/errorMessage";
import { isRemote } from "./artifact";
import type { Artifact } from "./artifact";
import { encodedStream, encodingFor, forgetCompressed } from "./compressedSource";
import { describeConnection } from "./connection";
import type { HostInputs } from "./hostInputs";
import { reported } from "./hostChange";
import { checkLocalFile, digestOfPrefix } from "./localSource";
import { remoteScript } from "./remoteScript";
import { openSession, ScriptFailure, SessionLost } from "./session";
import { sayProgress } from "./transferProgress";

/** How often a transfer is begun or gone on with in one run, where the connection is lost under it. */
const attempts = 4;

/** A resource that has artifacts staged on its host; its name there is that of its scripts. */
export interface Staging extends HostInputs {
  name: string;
}

/** What a look at the host says of artifacts there. */
interface Staged {
  whole: string[];
  /** SHA-256 of an artifact -> what is there of it from an attempt that was cut off. */
  parts: Record<string, { length: number; digest: string }>;
  /** Programs that unpack. */
  unpacks: string[];
}

/**
 * Brings artifacts to a host, into a directory beside everything, so that other changes of the host go on meanwhile. Local files
 * travel compressed; what has come before a connection was lost is not sent again.
 *
 * @param look looks at the host and says what it has and which artifacts are missing; asked again after each loss.
 * @throws Error before anything is sent, where a local file is not the right one
 */
export async function stageArtifacts(
  staging: Staging,
  look: () => Promise<{ report: string; missing: Artifact[] }>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { report, missing } = await look();
      const seen = parseStaged(report);
      await bring(
        staging,
        missing.filter(({ sha256 }) => !seen.whole.includes(sha256)),
        seen,
      );
      return;
    } catch (error) {
      if (attempt === attempts || !(error instanceof SessionLost)) throw error;
      console.log(`${messageOf(error)}; going on with what is missing`);
      await sleep(1000 * attempt);
    }
  }
}

async function bring(staging: Staging, missing: Artifact[], seen: Staged): Promise<void> {
  const local = new Map<Artifact, string>();
  for (const artifact of missing) {
    if (!isRemote(artifact.source)) local.set(artifact, await checkLocalFile(artifact.source, artifact.sha256));
  }
  for (const artifact of missing) {
    const file = local.get(artifact);
    await (file === undefined ? haveFetched(staging, artifact) : send(staging, artifact, file, seen));
  }
}

function parseStaged(report: string): Staged {
  const parts = reported(report, "part").map((line) => {
    const [sha256 = "", length = "", digest = ""] = line.split("|");
    return [sha256, { length: Number(length), digest }] as const;
  });
  return { whole: reported(report, "staged"), parts: Object.fromEntries(parts), unpacks: reported(report, "unpacks") };
}

async function haveFetched(staging: Staging, { source, sha256 }: Artifact): Promise<void> {
  const script = stagingScript(staging, "artifactFetch", { source, sha256 });
  const tell = sayProgress(`${describeConnection(staging.connection)}: fetching ${source}`);
  const session = await openSession(staging.connection);
  await session.transfer(`fetching ${source}`, script, {
    heard: (text) => tell(Number(/bytes\|(\d+)\n$/.exec(text)?.[1] ?? 0)),
  });
}

async function send(staging: Staging, artifact: Artifact, file: string, seen: Staged): Promise<void> {
  const { sha256 } = artifact;
  const { size: length } = await stat(file);
  // An archive is compressed already.
  const encoding = /\.(tgz|gz)$/.test(file) ? "plain" : encodingFor(seen.unpacks);
  const part = seen.parts[sha256];
  const fits = part !== undefined && part.length > 0 && (await digestOfPrefix(file, part.length)) === part.digest;
  const transfer = async (offset: number, fresh: boolean): Promise<void> => {
    const { streams, size } = await encodedStream(file, sha256, encoding, { offset, fresh });
    const values = { source: artifact.source, sha256, length, offset, encoding };
    const tell = sayProgress(`${describeConnection(staging.connection)}: sending ${artifact.source}`, size);
    const session = await openSession(staging.connection);
    const script = stagingScript(staging, "artifactReceive", values);
    await session.transfer(`sending ${artifact.source}`, script, { bytes: streams, sent: tell });
  };
  try {
    await transfer(fits ? part.length : 0, false);
  } catch (error) {
    // What was kept compressed may be broken; the file itself was looked at.
    if (encoding === "plain" || !(error instanceof ScriptFailure) || error.code !== 1) throw error;
    await forgetCompressed(file, sha256);
    await transfer(0, true);
  }
}

function stagingScript({ name, claim }: Staging, file: string, values: Record<string, string | number>): string {
  const attempt = randomBytes(6).toString("hex");
  return remoteScript({ name, claim, file, values: { ...values, attempt } });
}
