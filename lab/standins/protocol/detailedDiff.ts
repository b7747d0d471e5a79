import { isDeepStrictEqual } from "node:util";
import { isMap, type PropertyMap, type PropertyValue } from "./propertyValue";

/** What happened to one property. `replace` says that it cannot be changed in place. */
export interface PropertyDiff {
  kind: "add" | "delete" | "update";
  replace: boolean;
}

/** Property diffs by property path, such as `metadata.labels["a.b/c"]` or `subjects[0].name`. */
export type DetailedDiff = Record<string, PropertyDiff>;

function childPath(path: string, key: string): string {
  if (/[."[\]]/.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `${path}.${key}`;
}

function compare(
  path: string,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
  diff: DetailedDiff,
) {
  if (isDeepStrictEqual(before, after)) return;
  if (isMap(before) && isMap(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(childPath(path, key), before[key], after[key], diff);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      compare(`${path}[${index}]`, before[index], after[index], diff);
    }
  } else {
    diff[path] = { kind: before === undefined ? "add" : after === undefined ? "delete" : "update", replace: false };
  }
}

/** Whether `path` is one of `roots` or lies below it. */
export function isUnder(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`));
}

/**
 * The properties that differ between two maps; those at or under `replaceOn` ask for replacement, those at or under
 * `ignoreChanges` are left out. Secrets are compared whole, and so reported at the secret's own path.
 * @example detailedDiff({ a: { b: 1 } }, { a: { b: 2 } }, ["a"]) // { "a.b": { kind: "update", replace: true } }
 */
export function detailedDiff(
  before: PropertyMap,
  after: PropertyMap,
  replaceOn: readonly string[] = [],
  ignoreChanges: readonly string[] = [],
): DetailedDiff {
  const diff: DetailedDiff = {};
  compare("", before, after, diff);
  return Object.fromEntries(
    Object.entries(diff)
      .filter(([path]) => !isUnder(path, ignoreChanges))
      .map(([path, change]) => [path, { ...change, replace: isUnder(path, replaceOn) }]),
  );
}
