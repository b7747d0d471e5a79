/** The checkpoint as an operation finds it. */
import { existsSync, readFileSync } from "node:fs";
import { parseDeployment } from "./deployment";
import { readSalt } from "./stackConfig";
import type { Snapshot } from "./state";
import { Vault } from "./vault";

export interface StackState {
  snapshot: Snapshot;
  vault: Vault;
}

/** The stack's last recorded state; empty where there is none yet. */
export function readState(file: string, configFile: string): StackState {
  const salt = existsSync(configFile) ? readSalt(configFile) : undefined;
  return existsSync(file)
    ? parseDeployment(readFileSync(file, "utf8"), salt)
    : { snapshot: { resources: [], pendingOperations: [] }, vault: new Vault(salt) };
}
