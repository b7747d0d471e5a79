import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTimeOf } from "../../machine/processTable";

/** A process by its id and its start time: together they name one for as long as the machine runs. */
function processName(pid: number): string {
  return `${pid}-${startTimeOf(pid) ?? "gone"}`;
}

/**
 * Whether no other plugin process of this name has asked on behalf of the same parent: the Pulumi CLI starts a plugin
 * once for the preview, once for the update and once for each provider resource. An empty file holds the answer; where
 * none can be written, it is better to say something twice than never.
 */
export function isFirstOfRun(name: string): boolean {
  const home = process.env.PULUMI_HOME;
  // Nowhere else is safe to write to by a name that anybody can guess.
  if (!home) return true;
  const folder = join(home, "stand-ins-said");
  const marker = join(folder, `${name}-${processName(process.ppid)}`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const other of readdirSync(folder)) {
      const [, run = "", pid = ""] = /^\w+-((\d+)-\w+)$/.exec(other) ?? [];
      if (processName(Number(pid)) !== run) rmSync(join(folder, other), { force: true });
    }
    writeFileSync(marker, "", { flag: "wx" });
    return true;
  } catch {
    return !existsSync(marker);
  }
}
