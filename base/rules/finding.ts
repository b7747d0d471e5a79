import type { Fault } from "../fault";
import { splitFault } from "../fault";

/** One thing wrong in what a stack or a program gave, as it is shown. */
export interface ShownError {
  /** Where, from the key on. @example "hosts[1].address" */
  path: string;
  /** The value seen, as JSON on one line, cut when long; "[secret]" for a secret, "(not set)" where there is none, "(not shown)" where the key itself is the fault. */
  value: string;
  /** What it breaks. @example "is not an IP address or host name" */
  rule: string;
  /** What to write instead. @example 'write e.g. "10.0.0.30"' */
  fix: string;
}

/** Where a value stands in the configuration: keys, and positions in lists. @example ["hosts", 1, "address"] */
export type Path = readonly (string | number)[];

/** A fault and its place. */
export interface Finding {
  path: Path;
  fault: Fault;
  /** True where the value is not shown whatever it is. @default false */
  hidden?: boolean;
}

/** In `ShownError.value`: there is no value. */
export const notSet = "(not set)";
/** In `ShownError.value`: the fault is the key, not the value. An unknown key's value may be anything, also a secret. */
export const notShown = "(not shown)";
/** In `ShownError.value`: the value is a secret. */
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

/** True for an object of fields and of no class, from whatever realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
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
  return path.reduce((at, part) => {
    if (typeof part === "number") return listOf(at)[part];
    const fields = fieldsOf(at);
    // Not what every object inherits, such as "constructor".
    return Object.hasOwn(fields, part) ? fields[part] : undefined;
  }, value);
}

/** A copy of `value` with `item` at `path`. */
export function withValue(value: unknown, path: Path, item: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return item;
  return Array.isArray(value)
    ? value.map((one: unknown, index) => (index === key ? withValue(one, rest, item) : one))
    : { ...fieldsOf(value), [key]: withValue(fieldsOf(value)[key], rest, item) };
}

/** The first finding of each place. */
export function firstOfEachPlace(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    const place = pathText(finding.path);
    if (!first.has(place)) first.set(place, finding);
  }
  return [...first.values()];
}

/** True where `path` is `top` or below it. */
export function isBelow(path: Path, top: Path): boolean {
  return top.every((part, index) => path[index] === part);
}

/**
 * The finding as it is shown.
 *
 * @param raw what the finding is about
 * @param isSecret tells whether a value is never to be shown
 */
export function toError(finding: Finding, raw: Record<string, unknown>, isSecret: (path: Path) => boolean): ShownError {
  const { path, fault } = finding;
  const secret = isSecret(path);
  const text = finding.hidden === true ? notShown : shown(valueAt(raw, path), secret);
  return { path: pathText(path), value: text, ...splitFault(secret ? withoutQuotes(fault) : fault) };
}

/**
 * One message for all errors: the count, then a line for each, "path: value rule; fix".
 *
 * @param place what they are in. @example "in the settings of stack dev"
 * @example
 * 1 error in the settings of stack dev:
 *   hosts[1].address: "10.0.0.300" is not an IP address or host name; write e.g. "10.0.0.30"
 */
export function errorsMessage(place: string, errors: readonly ShownError[]): string {
  const lines = errors.map(({ path, value, rule, fix }) => {
    const seen = value === notSet || value === notShown ? "" : `${value} `;
    return `  ${path}: ${seen}${rule}${fix === "" ? "" : `; ${fix}`}`;
  });
  const count = `${errors.length} ${errors.length === 1 ? "error" : "errors"}`;
  return [`${count} ${place}:`, ...lines].join("\n");
}

/** Some rules make their fix of the value; what they quote stays if it is an example. */
function withoutQuotes(fault: Fault): Fault {
  return fault.replaceAll(/(?<!e\.g\. )"[^"]*"/g, '"..."');
}

function shown(value: unknown, secret: boolean): string {
  if (value === undefined) {
    return notSet;
  }
  const json = jsonOf(value);
  if (json === undefined) {
    return notShown;
  }
  if (secret || looksSecret(json)) {
    return secretValue;
  }
  return json.length <= shownLength ? json : `${json.slice(0, shownLength - 1)}…`;
}

/** The value as JSON; undefined for what has no such form, which a program can give: a function, a circle. */
function jsonOf(value: unknown): string | undefined {
  try {
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** A private key, a bootstrap token, or a URL with a password that was written to the wrong key. */
function looksSecret(json: string): boolean {
  return /PRIVATE KEY|(^|[^a-z0-9])[a-z0-9]{6}\.[a-z0-9]{16}($|[^a-z0-9])|:\/\/[^/"]*@/.test(json);
}
