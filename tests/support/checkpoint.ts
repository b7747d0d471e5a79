import { readFileSync } from "node:fs";
import { parseDeployment } from "../../lab/engine/deployment";
import { readSalt } from "../../lab/engine/stackConfig";
import type { ResourceState, Snapshot } from "../../lab/engine/state";
import type { Lab } from "../../lab/lab";
import type { Stack } from "./stack";

/** The checkpoint of a stack, its secrets opened. @throws Error unless it is whole. */
export function readCheckpoint(lab: Lab, stack: Stack): Snapshot {
  process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] = lab.passphrasePath;
  return parseDeployment(readFileSync(stack.stateFile, "utf8"), readSalt(stack.configFile)).snapshot;
}

/** Properties that no two runs have in common. */
const different = new Set(
  ["id", "created", "modified", "uid", "nodeUid", "resourceVersion", "creationTimestamp", "managedFields"].concat(
    ["podCIDRs", "validityStartTime", "validityEndTime", "publicKeyFingerprintMd5", "publicKeyFingerprintSha256"],
    ["publicKeyOpenssh"],
  ),
);
const pem = /-----BEGIN [A-Z ]+-----[^]*?-----END [A-Z ]+-----\n?|LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g;
const identifier = /::[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The resources of a checkpoint, one text each, equal after two runs from nothing over the same hosts. */
export function comparableResources({ resources }: Snapshot): string[] {
  const replacer = (key: string, value: unknown): unknown => {
    if (different.has(key) && value !== "") return "differs";
    return typeof value === "string" ? value.replace(pem, "PEM").replace(identifier, "::id") : value;
  };
  const sorted = (state: ResourceState): object => ({ ...state, dependencies: [...state.dependencies].sort() });
  return resources.map((state) => JSON.stringify(sorted(state), replacer, 1)).sort();
}
