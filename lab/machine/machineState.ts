import * as fs from "node:fs/promises";
import * as path from "node:path";
import { machineDirectory } from "./directories";
import { readIfExists, writeFileAtomic } from "./files";
import { withLock } from "./lock";

/**
 * Things of the machine that labs change and share: sysctl values, the Docker daemon. The first lab that needs one
 * records what was there before, the last one that lets go puts it back.
 */
interface MachineState {
  /** The records are worth nothing after a reboot, which has put everything back by itself. */
  bootId: string;
  leases: Record<string, Lease>;
}

interface Lease {
  /** What was there before the first lab. */
  original: string;
  /** Names of the labs that need the change. */
  labs: string[];
}

/**
 * Records that `lab` needs `resource` changed, and changes it. `change` runs under the lock when no lab holds the
 * resource yet: it returns what was there before, or undefined if nothing had to be changed (nothing is recorded then).
 */
export async function acquire(resource: string, lab: string, change: () => Promise<string | undefined>): Promise<void> {
  await withState(async (state) => {
    const lease = state.leases[resource];
    if (lease) {
      if (!lease.labs.includes(lab)) lease.labs.push(lab);
      return;
    }
    const original = await change();
    if (original !== undefined) state.leases[resource] = { original, labs: [lab] };
  });
}

/** Lets go of `resource`; `restore` runs under the lock if no other lab needs it any more. */
export async function release(
  resource: string,
  lab: string,
  restore: (original: string) => Promise<void>,
): Promise<void> {
  await withState(async (state) => {
    const lease = state.leases[resource];
    if (!lease?.labs.includes(lab)) return;
    lease.labs = lease.labs.filter((name) => name !== lab);
    if (lease.labs.length > 0) return;
    await restore(lease.original);
    delete state.leases[resource];
  });
}

/** Resources that `lab` has acquired. */
export async function leasesOf(lab: string): Promise<string[]> {
  const held: string[] = [];
  await withState((state) => {
    for (const [resource, lease] of Object.entries(state.leases)) if (lease.labs.includes(lab)) held.push(resource);
    return Promise.resolve();
  });
  return held;
}

async function withState(body: (state: MachineState) => Promise<void>): Promise<void> {
  const file = path.join(machineDirectory(), "machine.json");
  await withLock(
    `${file}.lock`,
    () => undefined,
    async () => {
      const bootId = (await fs.readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
      const before = await readIfExists(file);
      const recorded = before === undefined ? undefined : (JSON.parse(before) as MachineState);
      const state = recorded?.bootId === bootId ? recorded : { bootId, leases: {} };
      try {
        await body(state);
      } finally {
        await writeFileAtomic(file, JSON.stringify(state, null, 2));
      }
    },
  );
}
