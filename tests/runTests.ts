// Runs every layer of tests, starting and stopping the lab that the end-to-end stories need, and ends in one plain line
// with the total. A part that could not run counts as failed, so that nothing is passed over in silence.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { versions } from "../lab/binaries/versions.ts";
import { freeSubnet } from "./support/freeSubnet.ts";

interface Total {
  passed: number;
  failed: number;
}

/** The lab of the end-to-end tests: this working tree's own, beside labs of others that may be running already. */
const labName = `e2e-${createHash("sha256").update(process.cwd()).digest("hex").slice(0, 8)}`;
const lab = ["--name", labName];

/** What a host runs at first in the story of an upgrade. */
const olderKubernetes = process.env["OLDER_KUBERNETES"] ?? versions.olderKubernetes;

/** Minutes that the tests of one layer may take, about twice what they need: a hang must not take the whole time of CI. */
const patience = 60;

function run(title: string, command: string, args: string[], minutes?: number): boolean {
  console.log(`\n== ${title}`);
  const timeout = minutes === undefined ? undefined : minutes * 60_000;
  const env = { ...process.env, LAB_NAME: labName };
  const { status, error } = spawnSync(command, args, { stdio: "inherit", timeout, env });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

/** One command as one check. */
function check(title: string, command: string, args: string[]): Total {
  if (run(title, command, args)) return { passed: 1, failed: 0 };
  console.error(`FAILED: ${title}`);
  return { passed: 0, failed: 1 };
}

function jest(title: string, args: string[]): Total {
  const directory = mkdtempSync(join(tmpdir(), "kubernetes-worker-nodes-results-"));
  const outputFile = join(directory, "results.json");
  try {
    // A test that failed may leave processes behind that Jest would wait for.
    const ok = run(title, "jest", [...args, "--forceExit", "--json", `--outputFile=${outputFile}`], patience);
    const results = JSON.parse(readFileSync(outputFile, "utf8")) as Record<string, number>;
    const suites = results["numRuntimeErrorTestSuites"] ?? 0;
    const skipped = (results["numPendingTests"] ?? 0) + (results["numTodoTests"] ?? 0);
    const failed = (results["numFailedTests"] ?? 0) + suites + skipped;
    return { passed: results["numPassedTests"] ?? 0, failed: ok ? failed : Math.max(1, failed) };
  } catch (error) {
    console.error(`FAILED: ${title}: no results: ${String(error)}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function endToEnd(): Total {
  // What a run that was cut off left would not be new to the stories.
  check("lab of a run before taken away", "node", ["dist/lab/cli.js", "down", ...lab]);
  const older = ["--older-kubernetes-version", olderKubernetes];
  const options = ["--subnet", freeSubnet(), "--flannel", "--api-servers", "2", ...older];
  const started = check("lab for the end-to-end tests", "node", ["dist/lab/cli.js", "up", ...lab, ...options]);
  const stories =
    started.failed === 0 ? jest("end-to-end tests", ["--selectProjects=e2e", "--runInBand"]) : { passed: 0, failed: 1 };
  const stopped = check("lab taken away", "node", ["dist/lab/cli.js", "down", ...lab]);
  return sum([started, stories, stopped]);
}

function sum(totals: Total[]): Total {
  return totals.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  });
}

const { passed, failed } = sum([
  check("formatting, lint and types", "npm", ["run", "--silent", "check"]),
  jest("unit tests", ["--selectProjects=unit"]),
  endToEnd(),
]);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
