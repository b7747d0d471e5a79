import type { Finding } from "../base/rules/finding";
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
    if (value !== "" && secretKeys.includes(key) && !isEncrypted(fullKey)) {
      const fix = `replace it, as it may have been read, and encrypt the new one: pulumi config set --secret ${fullKey}`;
      findings.push({ path: [key], fault: `is a secret that the stack keeps in clear; ${fix}` });
    }
  }
  return { raw, findings };
}
