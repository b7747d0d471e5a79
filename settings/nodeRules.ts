import { containerdConfigErrors } from "../render/containerdConfig";
import { kubeletConfigurationErrors } from "../render/kubeletConfiguration";
import { kubeProxyConfigurationErrors } from "../render/kubeProxyConfiguration";
import { nodeLabelErrors, taintErrors } from "../render/labels";
import type { JsonObject } from "../render/types";
import { splitFault, type Fault } from "../base/fault";
import { fieldsOf, listOf, pathParts, valueAt, type Finding, type Path } from "./finding";
import { kubernetesVersionFault } from "./nameRules";
import { jsonObject, settingsSchema } from "./schema";

// The rules of labels, taints and overrides belong to the files they end in, so render/ has them. It names each error's key:
// "key: rule; fix".

/** Labels and taints that a Node could not have. */
export function hostObjectFindings(raw: Record<string, unknown>): Finding[] {
  return listOf(raw["hosts"]).flatMap((host, index) => {
    const { labels, taints } = fieldsOf(host);
    const texts = Object.entries(fieldsOf(labels)).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    const ofLabel = (error: string): Finding =>
      keyed(
        ["hosts", index, "labels"],
        withFix(error, 'write e.g. "node-role.kubernetes.io/worker": ""'),
        fieldsOf(labels),
      );
    const ofTaint = (taint: unknown, at: number): Finding[] => {
      const faults = typeof taint === "string" ? taintErrors(taint) : [];
      const path = ["hosts", index, "taints", at];
      return faults.map((fault) => ({ path, fault: withFix(fault, 'write e.g. "dedicated=build:NoSchedule"') }));
    };
    return [...nodeLabelErrors(Object.fromEntries(texts)).map(ofLabel), ...listOf(taints).flatMap(ofTaint)];
  });
}

/** Overrides that the rendered configurations refuse. */
export function overrideFindings(raw: Record<string, unknown>): Finding[] {
  const version = versionOf(raw["kubernetesVersion"]);
  const checks: [string, (overrides: JsonObject) => string[]][] = [
    ["kubeProxyConfiguration", (overrides) => kubeProxyConfigurationErrors(overrides, version)],
    ["kubeletConfiguration", (overrides) => kubeletConfigurationErrors(overrides, version)],
    ["containerdConfiguration", (overrides) => containerdConfigErrors(overrides)],
  ];
  return checks.flatMap(([key, check]) => {
    const overrides = jsonObject.safeParse(raw[key]);
    return overrides.success ? check(overrides.data).map((error) => keyed([key], error, overrides.data)) : [];
  });
}

/** The version whose fields the overrides are checked against: where the one asked for is wrong, the default. */
export function versionOf(version: unknown): string {
  return typeof version === "string" && kubernetesVersionFault(version) === undefined
    ? version
    : settingsSchema.shape.kubernetesVersion.parse(undefined);
}

/** Splits "key: rule; fix" into the key's path below `path` and the fault. */
function keyed(path: Path, error: string, fields: Record<string, unknown>): Finding {
  const own = Object.keys(fields).find((key) => error.startsWith(`${key}: `));
  const key = own ?? /^(\S+): /.exec(error)?.[1];
  if (key === undefined) {
    return { path, fault: error };
  }
  const below = own === undefined ? pathParts(key) : [own];
  const fault = error.slice(key.length + 2);
  // Some faults begin by saying the value. It is said before every fault, so it is taken out of these; the others are about the
  // key, and the value would only be in the way.
  const value = JSON.stringify(valueAt(fields, below));
  const said = [`is ${value}, must be`, `has the value ${value}: must be`].find((start) => fault.startsWith(start));
  return said === undefined
    ? { path: [...path, ...below], fault, hidden: true }
    : { path: [...path, ...below], fault: `must be${fault.slice(said.length)}` };
}

/** Adds a fix to a fault whose rule is all that render/ has to say. */
function withFix(fault: Fault, fix: string): Fault {
  return splitFault(fault).fix === "" ? `${fault}; ${fix}` : fault;
}
