import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = join(__dirname, "../../dist/cli/main.js");
const preview = JSON.stringify({
  steps: [
    {
      op: "create",
      urn: "urn:pulumi:dev::p::kubernetes-worker-nodes:index:WorkerNode$pulumi-nodejs:dynamic/x:NodeClaim::n-1-claim",
      newState: { type: "x", inputs: {} },
    },
  ],
});

describe("kubernetes-worker-nodes preview-comment", () => {
  test("reads a file, or standard input behind whatever a wrapper has printed", () => {
    const folder = mkdtempSync(join(tmpdir(), "comment-"));
    const file = join(folder, "preview.json");
    writeFileSync(file, preview);
    const ofFile = execFileSync("node", [main, "preview-comment", "--stack", "dev", file], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    const args = [main, "preview-comment", "--stack", "dev"];
    const ofInput = execFileSync("node", args, { encoding: "utf8", input: `warning: x\n${preview}\n` });
    expect(ofFile).toContain("### `dev`: 1 node added\n");
    expect(ofInput).toBe(ofFile);
  });

  test.each([
    [["--limit", "12"], "error: --limit is a whole number of 500 or more\n"],
    [
      ["--nothing"],
      "error: Unknown option '--nothing'; kubernetes-worker-nodes preview-comment --help lists the options\n",
    ],
    [["a", "b"], "error: one file at a time; b is too much\n"],
    [["/not/there"], "error: /not/there: ENOENT: no such file or directory, open '/not/there'\n"],
  ])("%j is refused in one line", (args, message) => {
    const { status, stderr } = spawnSync("node", [main, "preview-comment", ...args], { encoding: "utf8", input: "" });
    expect(stderr).toBe(message);
    expect(status).toBe(1);
  });

  test("a preview that was cut off is told from one that is whole", () => {
    const { status, stderr } = spawnSync("node", [main, "preview-comment"], {
      encoding: "utf8",
      input: preview.slice(0, -3),
    });
    expect(stderr).toMatch(/^error: standard input: is not one JSON document .* cut off\?\n$/);
    expect(status).toBe(1);
  });
});
