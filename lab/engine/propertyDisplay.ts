/** Properties and their changes as lines of text, secrets as [secret]. Source: pkg/backend/display/object_diff.go. */
import { structuredPatch } from "diff";
import { type ChangeKind, diffProperties, type PropertyChange } from "./propertyDiff";
import { parsePath, type PropertyPath, valueAt } from "./propertyPath";
import { type Step, subject } from "./steps";
import {
  equal,
  isPlainMap,
  isSecret,
  type PropertyMap,
  type PropertyValue,
  reveal,
  revealMap,
  unknownValue,
} from "./values";

/** Text of the program itself, the same for all resources of a type and of no use to a reader. */
const hiddenKeys = ["__provider", "__internal"];
const marks: Record<ChangeKind, string> = { add: "+", delete: "-", update: "~" };

/** Lines around a change that are shown for orientation. */
const context = 2;
/** With more lines changed than this, texts are shown as wholly different rather than compared. */
const maxEditLength = 2000;

/** A value on one line. */
export function formatValue(value: PropertyValue | undefined): string {
  if (isSecret(value)) return "[secret]";
  if (value === unknownValue) return "[unknown]";
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (!isPlainMap(value)) return JSON.stringify(value ?? null);
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${formatValue(part)}`);
  return `{${parts.join(", ")}}`;
}

/**
 * What changed between two texts, line by line: `-` gone, `+` new, others for orientation, `...` for what is left out.
 *
 * @example lineDiff("a\nb\n", "a\nc\n") // ["  a", "- b", "+ c"]
 */
export function lineDiff(before: string, after: string): string[] {
  const [old = "", fresh = ""] = [before, after].map((text) => `${text.replace(/\n$/, "")}\n`);
  const patch = structuredPatch("", "", old, fresh, "", "", { context, maxEditLength });
  const count = (text: string): number => text.split("\n").length - 1;
  if (patch === undefined) return [`- (${count(old)} lines)`, `+ (${count(fresh)} lines)`];
  const last = patch.hunks.at(-1);
  return [
    ...patch.hunks.flatMap(({ oldStart, lines }) => [
      ...(oldStart > 1 ? ["  ..."] : []),
      ...lines.map((line) => `${line.slice(0, 1)} ${line.slice(1)}`),
    ]),
    ...(last !== undefined && last.oldStart + last.oldLines <= count(old) ? ["  ..."] : []),
  ];
}

/** Whether the value at a path, or something it is part of, is secret. */
const isSecretAt = (properties: PropertyMap, path: PropertyPath): boolean =>
  [properties, ...path].some((_, length) => isSecret(valueAt(properties, path.slice(0, length))));

interface Change extends PropertyChange {
  path: string;
  before: PropertyMap;
  after: PropertyMap;
}

/** What a step changes: by the provider's own account where it gives one. */
function changesOf({ diff, old, new: fresh, op }: Step): Change[] {
  const [before, after] = [old?.inputs ?? {}, fresh?.inputs ?? {}];
  const detailed = diff?.detailed ?? diffProperties(revealMap(before), revealMap(after));
  return Object.entries(detailed)
    .filter(([path]) => !hiddenKeys.includes(String(parsePath(path)[0])))
    .map(([path, change]) => ({
      ...change,
      path,
      replace: change.replace || (op !== "update" && diff?.replaceKeys.includes(path) === true),
      before: change.inputDiff ? before : (old?.outputs ?? {}),
      after,
    }));
}

function changeLines({ path, kind, replace, before, after }: Change): string[] {
  const place = parsePath(path);
  const [old, fresh] = [valueAt(before, place), valueAt(after, place)];
  const secret = isSecretAt(before, place) || isSecretAt(after, place);
  const name = `${marks[kind]} ${path}${replace ? " (replaces)" : ""}:`;
  if (!secret && kind === "update" && typeof old === "string" && typeof fresh === "string" && /\n/.test(old + fresh)) {
    return [name, ...lineDiff(old, fresh).map((line) => `    ${line}`)];
  }
  const [left, right] = secret ? ["[secret]", "[secret]"] : [formatValue(old), formatValue(fresh)];
  return [`${name} ${kind === "add" ? right : kind === "delete" ? left : `${left} => ${right}`}`];
}

/** `[diff: +a,b~c]`, as the CLI puts it behind a resource's line; empty where nothing is known. */
export function diffSummary(step: Step): string {
  const keys = new Map<string, string>();
  for (const { path, kind } of changesOf(step)) {
    const [key, ...rest] = parsePath(path);
    keys.set(String(key), rest.length > 0 ? "~" : marks[kind]);
  }
  const groups = ["+", "~", "-"].map((mark) => {
    const names = [...keys].filter(([, each]) => each === mark).map(([key]) => key);
    return names.length === 0 ? "" : mark + names.sort().join(",");
  });
  return keys.size === 0 ? "" : ` [diff: ${groups.join("")}]`;
}

/** The lines --diff shows under a resource. */
export function stepDetails(step: Step): string[] {
  const id = step.old?.id ?? "";
  const identity = [...(id === "" ? [] : [`[id=${id}]`]), `[urn=${step.urn}]`];
  if (step.op === "delete") return identity;
  if (step.op !== "create") return [...identity, ...changesOf(step).flatMap(changeLines)];
  const properties = Object.entries(subject(step).inputs).filter(([key]) => !hiddenKeys.includes(key));
  return [...identity, ...properties.map(([key, value]) => `${key}: ${formatValue(value)}`)];
}

/**
 * The stack's outputs, each marked if it changed.
 * @param before the former ones; undefined where the stack is new and nothing is marked.
 * @param changedOnly leave out what stays, as in previews of a stack that is there.
 */
export function outputLines(before: PropertyMap | undefined, after: PropertyMap, changedOnly: boolean): string[] {
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])].sort();
  const width = Math.max(...keys.map(({ length }) => length));
  return keys.flatMap((key) => {
    const [old, fresh, name] = [before?.[key], after[key], key.padEnd(width)];
    if (fresh === undefined) return `  - ${name}: ${formatValue(old)}`;
    const isSame = before === undefined || (old !== undefined && equal(reveal(old), reveal(fresh)));
    if (isSame && changedOnly && before !== undefined) return [];
    const mark = isSame ? " " : old === undefined ? "+" : "~";
    return `  ${mark} ${name}: ${mark === "~" ? `${formatValue(old)} => ` : ""}${formatValue(fresh)}`;
  });
}
