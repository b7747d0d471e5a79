/** What changed between two bags of properties, and what a provider says about it. Source: plugin/provider.go. */
import { mapValues } from "es-toolkit";
import { formatPath, parsePath, pathContains, type PropertyPath } from "./propertyPath";
import { equal, isPlainMap, type PropertyMap, type PropertyValue } from "./values";

export type ChangeKind = "add" | "delete" | "update";
export interface PropertyChange {
  kind: ChangeKind;
  replace: boolean;
  /** Whether the path is one of inputs on both sides, else of old outputs against new inputs. */
  inputDiff: boolean;
}
/** By path. */
export type DetailedDiff = Record<string, PropertyChange>;

/** An answer to "what would change": keys are top-level names or paths, as the provider likes. */
export interface DiffResult {
  changes: "none" | "some" | "unknown";
  replaceKeys: string[];
  changedKeys: string[];
  detailed?: DetailedDiff;
  deleteBeforeReplace: boolean;
}

/** A diff that names no changed properties. */
export const bareDiff = (changes: DiffResult["changes"], replaceKeys: string[] = []): DiffResult => ({
  changes,
  replaceKeys,
  changedKeys: [],
  deleteBeforeReplace: false,
});

export const isReplace = ({ replaceKeys, detailed }: DiffResult): boolean =>
  replaceKeys.length > 0 || Object.values(detailed ?? {}).some(({ replace }) => replace);

/** In an object null is as good as nothing; in an array it has its place. */
const parts = (value: PropertyMap | PropertyValue[]): Map<string, PropertyValue> =>
  new Map(Object.entries(value).filter(([, part]) => Array.isArray(value) || part !== null));

/** The engine's own diff, for providers that leave it to the engine: the deepest places that differ. */
export function diffProperties(before: PropertyMap, after: PropertyMap): DetailedDiff {
  const found: DetailedDiff = {};
  const compare = (path: PropertyPath, old?: PropertyValue, fresh?: PropertyValue): void => {
    if (equal(old, fresh)) return;
    if ((isPlainMap(old) && isPlainMap(fresh)) || (Array.isArray(old) && Array.isArray(fresh))) {
      const [left, right] = [parts(old), parts(fresh)];
      for (const key of new Set([...left.keys(), ...right.keys()])) {
        compare([...path, Array.isArray(old) ? Number(key) : key], left.get(key), right.get(key));
      }
      return;
    }
    const kind = (old ?? null) === null ? "add" : (fresh ?? null) === null ? "delete" : "update";
    found[formatPath(path)] = { kind, replace: false, inputDiff: true };
  };
  compare([], before, after);
  return found;
}

/** The top-level names that a detailed diff touches. */
export const changedKeys = (detailed: DetailedDiff): string[] => [
  ...new Set(Object.keys(detailed).map((path) => String(parsePath(path)[0]))),
];

const inverse: Record<ChangeKind, ChangeKind> = { add: "delete", delete: "add", update: "update" };

/** The diff seen from the other side: what a refresh found, from what an update would now do. */
export const invertDiff = (diff: DiffResult): DiffResult => ({
  ...diff,
  ...(diff.detailed && {
    detailed: mapValues(diff.detailed, (change) => ({ ...change, kind: inverse[change.kind] })),
  }),
});

const initErrorPath = "#initerror";

/** Turns changes under the given paths into replacements; `*` also matches a resource that failed to initialise. */
export function applyReplaceOnChanges(diff: DiffResult, replaceOnChanges: string[], failedBefore: boolean): DiffResult {
  const paths = replaceOnChanges.map(parsePath);
  const hits = (text: string): boolean => paths.some((path) => pathContains(path, parsePath(text)));
  const initErrors = failedBefore && hits(initErrorPath) ? [initErrorPath] : [];
  if (diff.changes !== "some" && initErrors.length === 0) return diff;
  const detailed = mapValues(diff.detailed ?? {}, (change, path) => ({
    ...change,
    replace: change.replace || hits(path),
  }));
  return {
    ...diff,
    changes: "some",
    replaceKeys: [...new Set([...diff.replaceKeys, ...diff.changedKeys.filter(hits), ...initErrors])],
    ...(diff.detailed && { detailed }),
  };
}
