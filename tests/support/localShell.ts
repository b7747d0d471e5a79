import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remoteScript } from "../../host/remoteLibrary";

/** A directory of its own for one test. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "kubernetes-worker-nodes-test-"));
}

/** What a script run on this machine left. */
export interface LocalResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a body as a host would, with the list of owned paths below `root`. */
export function runLocally(root: string, body: string, name = "test"): LocalResult {
  const script = remoteScript(name, body).replace("/var/lib/kubernetes-worker-nodes", join(root, "state"));
  const { status, stdout, stderr } = spawnSync("sh", ["-s"], { input: script, encoding: "utf8", timeout: 20_000 });
  return { code: status, stdout, stderr };
}
