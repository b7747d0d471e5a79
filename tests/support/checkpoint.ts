import type { Stack } from "./stack";

/** What a stack's state has of a resource. Source: ResourceV3 in sdk/go/common/apitype/core.go of pulumi/pulumi. */
export interface ResourceState {
  urn: string;
  type: string;
  /** Whether a provider serves it; a component is made of others only. */
  custom?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** Likewise DeploymentV3. */
export interface Checkpoint {
  resources: ResourceState[];
  pending_operations?: object[];
}

/** The state of a stack, its secrets opened. */
export async function readCheckpoint(stack: Stack): Promise<Checkpoint> {
  const { deployment } = (await stack.export()) as { deployment: Partial<Checkpoint> };
  return { ...deployment, resources: deployment.resources ?? [] };
}

/** Properties that no two runs have in common. */
const different = new Set(
  ["id", "created", "modified", "uid", "nodeUid", "resourceVersion", "creationTimestamp", "managedFields"].concat(
    ["podCIDRs", "validityStartTime", "validityEndTime", "publicKeyFingerprintMd5", "publicKeyFingerprintSha256"],
    ["publicKeyOpenssh", "instance", "network", "packets"],
  ),
);
const pem = /-----BEGIN [A-Z ]+-----[^]*?-----END [A-Z ]+-----(\n|\\n)?|LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
/** Of a file with a generated key. */
const keyDigest = /(kube-proxy\.conf[^[]{1,20})\[sha256 [0-9a-f]{32}\]/g;
/** The Node's own ranges, its address, and the other Nodes that were Ready before it, which the last look is told. */
const ranges = /(verify-node \S+) [0-9a-f.:/,]+( [0-9.:]+)?( ('[^']*'|[^ "]*=[^ "]*))?/g;
/** At the end of what the last look saw: the address of a pod of its own, and those other Nodes. */
const packets = /packets:\n[^]*/;
const identifier = /::[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What depends on several resources has them in no order of its own. */
const isUrn = (value: unknown): boolean => typeof value === "string" && value.startsWith("urn:pulumi:");

function comparable(text: string): string {
  return text
    .replace(pem, "PEM")
    .replace(time, "TIME")
    .replace(keyDigest, "$1DIGEST")
    .replace(ranges, "$1 RANGES")
    .replace(packets, "PACKETS")
    .replace(identifier, "::id");
}

/** The resources of a state, one text each, equal after two runs from nothing over the same hosts. */
export function comparableResources({ resources }: Checkpoint): string[] {
  const replacer = (key: string, value: unknown): unknown => {
    if (different.has(key) && value !== "") return "differs";
    if (Array.isArray(value) && value.every(isUrn)) return value.toSorted();
    return typeof value === "string" ? comparable(value) : value;
  };
  return resources.map((state) => JSON.stringify(state, replacer, 1)).sort();
}
