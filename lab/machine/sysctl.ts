import * as fs from "node:fs/promises";
import { acquire, release } from "./machineState";

const prefix = "sysctl ";

/** Raises a sysctl of the machine to `value` for a lab; {@link restoreSysctls} undoes it. */
export async function raiseSysctl(lab: string, key: string, value: number): Promise<void> {
  await acquire(prefix + key, lab, async () => {
    const original = await read(key);
    if (Number(original) >= value) return undefined;
    await write(key, String(value));
    return original;
  });
}

/** Puts back the sysctls that `lab` was the last to need. */
export async function restoreSysctls(lab: string, leases: string[]): Promise<void> {
  for (const lease of leases.filter((name) => name.startsWith(prefix))) {
    await release(lease, lab, (original) => write(lease.slice(prefix.length), original));
  }
}

async function read(key: string): Promise<string> {
  return (await fs.readFile(fileOf(key), "utf8")).trim();
}

async function write(key: string, value: string): Promise<void> {
  await fs.writeFile(fileOf(key), value);
}

function fileOf(key: string): string {
  return `/proc/sys/${key.replaceAll(".", "/")}`;
}
