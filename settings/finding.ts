import type { Fault } from "../base/fault";
import { splitFault } from "../base/fault";
import type { SettingsError } from "./settings";

/** Where a value stands in the configuration: keys, and positions in lists. @example ["hosts", 1, "address"] */
export type Path = readonly (string | number)[];

/** A fault and its place. */
export interface Finding {
  path: Path;
  fault: Fault;
  /** True where the value is not shown whatever it is. @default false */
  hidden?: boolean;
}

/** In `SettingsError.value`: there is no value. */
export const notSet = "(not set)";
/** In `SettingsError.value`: the fault is the key, not the value. An unknown key's value may be anything, also a secret. */
export const notShown = "(not shown)";
/** In `SettingsError.value`: the value is a secret. */
export const secretValue = "[secret]";

/** Longest value shown; the rest of a longer one is replaced by an ellipsis. */
const shownLength = 60;

/** The value as a list, or an empty list where it is none. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value's fields, or none where it is not an object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** @example pathText(["hosts", 1, "address"])   // "hosts[1].address" */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") {
      return `${text}[${part}]`;
    }
    // As `pulumi config set --path` writes keys that hold a dot, such as label names.
    return /^[\w-]+$/.test(part) ? `${text}${text === "" ? "" : "."}${part}` : `${text}[${JSON.stringify(part)}]`;
  }, "");
}

/** The path that a text of the simple form names. @example pathParts("registerWithTaints[0].key")   // ["registerWithTaints", 0, "key"] */
export function pathParts(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => (index === undefined ? part : Number(index)));
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((at, part) => (typeof part === "number" ? listOf(at)[part] : fieldsOf(at)[part]), value);
}

/**
 * The finding as an error of the public kind.
 *
 * @param raw the configuration the finding is about
 * @param isSecret tells whether everything below a top-level key is secret
 */
export function toError(
  finding: Finding,
  raw: Record<string, unknown>,
  isSecret: (key: string) => boolean,
): SettingsError {
  const { path, fault } = finding;
  const value = valueAt(raw, path);
  const text = finding.hidden === true ? notShown : shown(value, isSecret(String(path[0])));
  return { path: pathText(path), value: text, ...splitFault(fault) };
}

function shown(value: unknown, secret: boolean): string {
  const json = JSON.stringify(value);
  if (json === undefined) {
    return notSet;
  }
  if (secret || looksSecret(json)) {
    return secretValue;
  }
  return json.length <= shownLength ? json : `${json.slice(0, shownLength - 1)}…`;
}

/** A private key, a bootstrap token, or a URL with a password that was written to the wrong key. */
function looksSecret(json: string): boolean {
  return /PRIVATE KEY|(^|[^a-z0-9])[a-z0-9]{6}\.[a-z0-9]{16}($|[^a-z0-9])|:\/\/[^/"]*@/.test(json);
}
