/** What changed between two bags of properties, and what a provider says about it. Source: plugin/provider.go. */
import { formatPath, parsePath, pathContains, type PropertyPath } from "./propertyPath";
import { equal, isPlainMap, type PropertyMap, type PropertyValue } from "./values";

export type ChangeKind = "add" | "delete" | "update";
export interface PropertyChange {
  kind: ChangeKind;
  replace: boolean;
  /** Whether the path is one of inputs on both sides, else of old outputs against new inputs. */
  inputDiff: boolean;
}
export type DetailedDiff = Map<string, PropertyChange>;

/** An answer to "what would change": keys are top-level names or paths, as the provider likes. */
export interface DiffResult {
  changes: "none" | "some" | "unknown";
  replaceKeys: string[];
  changedKeys: string[];
  detailed?: DetailedDiff;
  deleteBeforeReplace: boolean;
}

export function isReplace(diff: DiffResult): boolean {
  return diff.replaceKeys.length > 0 || [...(diff.detailed?.values() ?? [])].some((change) => change.replace);
}

/** In an object null is as good as nothing; in an array it has its place. */
const children = (value: PropertyMap | PropertyValue[]): Map<string, PropertyValue> =>
  new Map(Object.entries(value).filter(([, child]) => Array.isArray(value) || child !== null));

function compare(
  path: PropertyPath,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
  found: DetailedDiff,
): void {
  if (equal(before, after)) {
    return;
  }
  const bothMaps = isPlainMap(before) && isPlainMap(after);
  if (bothMaps || (Array.isArray(before) && Array.isArray(after))) {
    const left = children(before);
    const right = children(after);
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      compare([...path, bothMaps ? key : Number(key)], left.get(key), right.get(key), found);
    }
    return;
  }
  const kind = before === undefined ? "add" : after === undefined ? "delete" : "update";
  found.set(formatPath(path), { kind, replace: false, inputDiff: true });
}

/** The engine's own diff, for providers that leave it to the engine; secret marks play no part in it. */
export function diffProperties(before: PropertyMap, after: PropertyMap): DetailedDiff {
  const found: DetailedDiff = new Map();
  compare([], before, after, found);
  return found;
}

/** The top-level names that a detailed diff touches. */
export function changedKeys(detailed: DetailedDiff): string[] {
  return [...new Set([...detailed.keys()].map((path) => String(parsePath(path)[0])))];
}

const inverse: Record<ChangeKind, ChangeKind> = { add: "delete", delete: "add", update: "update" };

/** The diff seen from the other side: what a refresh found, from what an update would now do. */
export function invertDiff(diff: DiffResult): DiffResult {
  const detailed = [...(diff.detailed ?? [])].map(
    ([path, change]) => [path, { ...change, kind: inverse[change.kind] }] as const,
  );
  return { ...diff, ...(diff.detailed && { detailed: new Map(detailed) }) };
}

const initErrorPath = "#initerror";

/** Turns changes under the given paths into replacements; `*` also matches a resource that failed to initialise. */
export function applyReplaceOnChanges(
  diff: DiffResult,
  replaceOnChanges: string[],
  hasInitErrors: boolean,
): DiffResult {
  if (diff.changes !== "some" && !hasInitErrors) {
    return diff;
  }
  const paths = replaceOnChanges.map(parsePath);
  const hits = (text: string): boolean => paths.some((path) => pathContains(path, parsePath(text)));
  const replaceKeys = new Set([...diff.replaceKeys, ...diff.changedKeys.filter(hits)]);
  const detailed = diff.detailed && new Map(diff.detailed);
  for (const [path, change] of detailed ?? []) {
    detailed?.set(path, { ...change, replace: change.replace || hits(path) });
  }
  const failedBefore = hasInitErrors && hits(initErrorPath);
  if (failedBefore) {
    replaceKeys.add(initErrorPath);
  }
  return {
    ...diff,
    changes: failedBefore ? "some" : diff.changes,
    replaceKeys: [...replaceKeys],
    ...(detailed && { detailed }),
  };
}
