// Notes the command line of every process of the machine, about fifty times a second, until its standard input ends; then
// prints them as a JSON list. A program of its own, so that nothing the test does keeps it from looking.
import { readFileSync, readdirSync } from "node:fs";

const seen = new Set<string>();

function look(): void {
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    } catch {
      // It has ended meanwhile.
    }
  }
}

const timer = setInterval(look, 20);
process.stdin.resume();
process.stdin.on("end", () => {
  clearInterval(timer);
  process.stdout.write(JSON.stringify([...seen]));
});
