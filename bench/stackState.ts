import type { StateSize } from "./results";

/** What is read of a resource in a Pulumi state, its secrets opened. */
export interface StackResource {
  name: string;
  type: string;
  custom: boolean;
  inputs: Record<string, unknown>;
}

/** Source: pulumi/pulumi sdk/go/common/apitype and sdk/go/common/resource/sig. */
interface Exported {
  deployment: { resources?: { urn: string; type: string; custom?: boolean; inputs?: object }[] };
}
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Reads what `pulumi stack export --show-secrets` prints. */
export function readExported(text: string): StackResource[] {
  const { deployment } = JSON.parse(text, openSecret) as Exported;
  return (deployment.resources ?? []).map(({ urn, type, custom = false, inputs = {} }) => ({
    name: urn.split("::").slice(3).join("::"),
    type,
    custom,
    inputs: inputs as Record<string, unknown>,
  }));
}

function openSecret(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { [signature]: kind, plaintext } = value as { [signature]?: string; plaintext?: string };
  return kind === secretSignature && plaintext !== undefined ? (JSON.parse(plaintext, openSecret) as unknown) : value;
}

/** What a state of `bytes` keeps of each of these nodes. */
export function sizeOf(bytes: number, resources: StackResource[], nodes: string[]): StateSize {
  const ofNodes = resources.filter(({ name }) => nodes.some((node) => name === node || name.startsWith(`${node}-`)));
  const count = Math.max(1, nodes.length);
  const custom = ofNodes.filter((resource) => resource.custom).length;
  return {
    bytes,
    bytesPerNode: bytes / count,
    customResourcesPerNode: custom / count,
    componentsPerNode: (ofNodes.length - custom) / count,
  };
}
