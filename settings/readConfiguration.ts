import { pathText, type Finding, type Path } from "../base/rules/finding";
import { secretKeys, structuredKeys } from "./schema";

/** Configuration of one namespace. */
export interface Configuration {
  /** The values by key, without namespace; lists and objects parsed. */
  raw: Record<string, unknown>;
  /** Values that could not be parsed, and secrets in clear. */
  findings: Finding[];
}

/**
 * Picks one namespace's values out of a stack's whole configuration. Other namespaces are left alone.
 *
 * @param all every value of the stack by "namespace:key", as `pulumi.runtime.allConfig()` returns them
 * @param isEncrypted tells whether the stack keeps "namespace:key" encrypted
 */
export function readConfiguration(
  all: Record<string, string>,
  namespace: string,
  isEncrypted: (fullKey: string) => boolean,
): Configuration {
  const raw: Record<string, unknown> = {};
  const findings: Finding[] = [];
  for (const [fullKey, value] of Object.entries(all)) {
    if (!fullKey.startsWith(`${namespace}:`)) {
      continue;
    }
    const key = fullKey.slice(namespace.length + 1);
    raw[key] = value;
    if (structuredKeys.includes(key) && value !== "") {
      try {
        raw[key] = JSON.parse(value) as unknown;
      } catch {
        const fix =
          "write it as YAML in the stack's file, or set one value of it: pulumi config set --path 'hosts[0].name' node-1";
        findings.push({ path: [key], fault: `is not a list or an object; ${fix}` });
      }
    }
    if (!isEncrypted(fullKey)) findings.push(...secretsInClear(raw[key], [key], namespace));
  }
  return { raw, findings };
}

/** Secrets of a key that the stack keeps in clear: itself, or credentials inside it. */
function secretsInClear(value: unknown, path: Path, namespace: string): Finding[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsInClear(item, [...path, index], namespace));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, item]) => secretsInClear(item, [...path, key], namespace));
  if (typeof value !== "string" || value === "" || !secretKeys.includes(String(path.at(-1)))) return [];
  const key = path.length === 1 ? `${namespace}:${String(path[0])}` : `--path '${namespace}:${pathText(path)}'`;
  const fix = `replace it, as it may have been read, and encrypt the new one: pulumi config set --secret ${key}`;
  return [{ path, fault: `is a secret that the stack keeps in clear; ${fix}` }];
}
