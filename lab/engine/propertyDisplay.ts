/** Properties and their changes as lines of text, secrets as [secret]. Source: pkg/backend/display/object_diff.go. */
import { lineDiff } from "./lineDiff";
import { type ChangeKind, diffProperties } from "./propertyDiff";
import { parsePath, type PropertyPath } from "./propertyPath";
import type { Step } from "./steps";
import {
  equal,
  isPlainMap,
  isSecret,
  type PropertyMap,
  type PropertyValue,
  reveal,
  revealMap,
  revealTop,
  unknownValue,
} from "./values";

/** Text of the program itself, the same for all resources of a type and of no use to a reader. */
const hiddenKeys = new Set(["__provider", "__internal"]);
const marks: Record<ChangeKind, string> = { add: "+", delete: "-", update: "~" };

/** A value on one line. */
export function formatValue(value: PropertyValue | undefined): string {
  if (isSecret(value)) {
    return "[secret]";
  }
  if (value === unknownValue) {
    return "[unknown]";
  }
  if (Array.isArray(value)) {
    return `[${value.map(formatValue).join(", ")}]`;
  }
  if (isPlainMap(value)) {
    return `{${Object.entries(value)
      .map(([key, child]) => `${key}: ${formatValue(child)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** Whether the value at a path, or something it is part of, is secret. */
function isSecretAt(properties: PropertyValue | undefined, path: PropertyPath): boolean {
  if (isSecret(properties)) {
    return true;
  }
  const [part, ...rest] = path;
  if (part === undefined || typeof properties !== "object" || properties === null) {
    return false;
  }
  const child = Object.entries(properties).find(([key]) => key === String(part))?.[1];
  return isSecretAt(child, rest);
}

function valueAt(properties: PropertyMap, path: PropertyPath): PropertyValue | undefined {
  return path.reduce<PropertyValue | undefined>((value, part) => {
    const inner = value === undefined ? undefined : revealTop(value);
    return typeof inner === "object" && inner !== null
      ? Object.entries(inner).find(([key]) => key === String(part))?.[1]
      : undefined;
  }, properties);
}

function changeLines(
  path: string,
  kind: ChangeKind,
  replace: boolean,
  before: PropertyMap,
  after: PropertyMap,
): string[] {
  const parsed = parsePath(path);
  const [old, fresh] = [valueAt(before, parsed), valueAt(after, parsed)];
  const secret = isSecretAt(before, parsed) || isSecretAt(after, parsed);
  const name = `${marks[kind]} ${path}${replace ? " (replaces)" : ""}`;
  if (secret) {
    return [`${name}: ${kind === "update" ? "[secret] => [secret]" : "[secret]"}`];
  }
  if (kind === "update" && typeof old === "string" && typeof fresh === "string" && (old + fresh).includes("\n")) {
    return [`${name}:`, ...lineDiff(old, fresh).map((line) => `    ${line}`)];
  }
  return [
    `${name}: ${kind === "add" ? formatValue(fresh) : kind === "delete" ? formatValue(old) : `${formatValue(old)} => ${formatValue(fresh)}`}`,
  ];
}

/** What a step changes: by the provider's own account where it gives one. */
function changesOf({
  diff,
  old,
  new: fresh,
  op,
}: Step): { path: string; kind: ChangeKind; replace: boolean; before: PropertyMap; after: PropertyMap }[] {
  const oldInputs = old?.inputs ?? {};
  const newInputs = fresh?.inputs ?? {};
  const detailed = diff?.detailed ?? diffProperties(revealMap(oldInputs), revealMap(newInputs));
  const changes = [...detailed].map(([path, change]) => ({
    path,
    ...change,
    replace: change.replace || (op !== "update" && (diff?.replaceKeys.includes(path) ?? false)),
    before: change.inputDiff ? oldInputs : (old?.outputs ?? {}),
    after: newInputs,
  }));
  return changes.filter(({ path }) => !hiddenKeys.has(String(parsePath(path)[0])));
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
  if (step.op === "create" || step.op === "delete") {
    const properties = Object.entries((step.new ?? step.old)?.inputs ?? {}).filter(([key]) => !hiddenKeys.has(key));
    return [
      ...identity,
      ...(step.op === "create" ? properties.map(([key, value]) => `${key}: ${formatValue(value)}`) : []),
    ];
  }
  return [
    ...identity,
    ...changesOf(step).flatMap(({ path, kind, replace, before, after }) =>
      changeLines(path, kind, replace, before, after),
    ),
  ];
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
    const [old, fresh] = [before?.[key], after[key]];
    const name = key.padEnd(width);
    if (fresh === undefined) {
      return `  - ${name}: ${formatValue(old)}`;
    }
    const isSame = before === undefined || (old !== undefined && equal(reveal(old), reveal(fresh)));
    const mark = isSame ? " " : old === undefined ? "+" : "~";
    const text = `  ${mark} ${name}: ${mark === "~" ? `${formatValue(old)} => ` : ""}${formatValue(fresh)}`;
    return isSame && changedOnly && before !== undefined ? [] : text;
  });
}
