import * as fs from "node:fs/promises";
import type { Binaries } from "../binaries/resolver";
import { LabError } from "../machine/errors";
import { readIfExists, writeFileAtomic } from "../machine/files";
import { filesOf, labDirectory } from "./layout";
import { type LabOptions, completeOptions } from "./options";

/** `lab.json`: what a lab was made with, for the commands that come after. */
export interface LabState {
  options: LabOptions;
  /** Known once they were found. */
  binaries?: Binaries;
  /** Of the older release, where one was asked for. */
  olderBinaries?: Binaries;
  /** The last `up` went through. */
  complete: boolean;
}

export async function readState(projectDirectory: string, name: string): Promise<LabState | undefined> {
  const text = await readIfExists(filesOf(labDirectory(projectDirectory, name)).state);
  return text === undefined ? undefined : (JSON.parse(text) as LabState);
}

export async function writeState(projectDirectory: string, state: LabState): Promise<void> {
  const { directory, state: file } = filesOf(labDirectory(projectDirectory, state.options.name));
  await fs.mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFileAtomic(file, `${JSON.stringify(state, null, 2)}\n`);
}

/**
 * The options of a run of `up`: what is asked, over what the lab was made with, over the defaults. Only the number of
 * hosts and which binaries are had may differ from what the lab was made with.
 */
export function settleOptions(asked: Partial<LabOptions>, recorded: LabOptions | undefined): LabOptions {
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const settled = completeOptions({ ...recorded, ...given });
  if (!recorded) return settled;
  const fixed = {
    debian: "--debian",
    kubernetesVersion: "--kubernetes-version",
    subnet: "--subnet",
    clusterCIDR: "--cluster-cidr",
  } as const;
  for (const [key, option] of Object.entries(fixed) as [keyof typeof fixed, string][]) {
    if (settled[key] === recorded[key]) continue;
    throw new LabError(
      `${option} ${settled[key]}: the lab "${recorded.name}" was made with ${recorded[key]}`,
      `run \`lab down\` first, or make a second lab with another --name and --subnet`,
    );
  }
  return settled;
}
