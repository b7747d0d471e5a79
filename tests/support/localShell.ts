import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assignments } from "../../base/script";
import { bundledText } from "../../host/scriptText";

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
  const input = localScript(root, body, name);
  // Named, since Jest gives a test an environment of its own, which a child would not get.
  const options = { input, encoding: "utf8", timeout: 20_000, env: process.env } as const;
  const { status, stdout, stderr } = spawnSync("sh", ["-s"], options);
  return { code: status, stdout, stderr };
}

/** Starts a body as runLocally does, and stops listening at once, as a run does that is killed. */
export function orphanLocally(root: string, body: string): void {
  const child = spawn("sh", ["-s"]);
  child.stdout.destroy();
  child.stderr.destroy();
  child.stdin.end(localScript(root, body, "test"));
}

/** The library of the host's scripts, with a body of the test's. */
function localScript(root: string, body: string, name: string): string {
  const header = assignments({ name, claim: "", machine_id: "", instance: "" });
  const library = bundledText("host/scripts/library.sh")
    .replace("/var/lib/kubernetes-worker-nodes", join(root, "state"))
    .replace("/run/kubernetes-worker-nodes.lock", join(root, "lock"));
  return `${header}${library}main() {\n${body}\n}\nmain </dev/null\n`;
}
