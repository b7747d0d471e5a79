/** What changed between two bags of properties, and the paths of such places, as in `spec.ports[0].name`. */
import { toPath } from "es-toolkit/compat";
import { isDeepStrictEqual } from "node:util";
import { isPlainMap, type PropertyMap, type PropertyValue } from "./values";

/** Names of properties and indices of elements. */
export type PropertyPath = string[];
export interface Change {
  path: PropertyPath;
  /** The path as it is shown: indices in brackets, names that are not words in brackets and quotes. */
  shown: string;
  kind: "add" | "delete" | "update";
  /** Whether the resource cannot be changed so in place. */
  replace: boolean;
}

/** Whether a place lies under one of those that `texts` name; `*` stands for any one key or index. */
export function isUnder(place: PropertyPath, texts: string[]): boolean {
  const covers = (path: string[]): boolean =>
    path.length <= place.length && path.every((part, at) => part === "*" || part === place[at]);
  return texts.map(toPath).some(covers);
}

function show(shown: string, key: string, isIndex: boolean): string {
  if (isIndex) return `${shown}[${key}]`;
  if (!/^[\w$-]+$/.test(key)) return `${shown}[${JSON.stringify(key)}]`;
  return shown === "" ? key : `${shown}.${key}`;
}

/** In an object null is as good as nothing; in an array it has its place. */
const parts = (value: PropertyMap | PropertyValue[]): Map<string, PropertyValue> =>
  new Map(Object.entries(value).filter(([, part]) => Array.isArray(value) || part !== null));

/**
 * The deepest places that differ. A secret differs from the same value in clear.
 * @param replaceOn paths below which a change replaces the resource.
 */
export function changesBetween(before: PropertyMap, after: PropertyMap, replaceOn: string[] = []): Change[] {
  const compare = (path: PropertyPath, shown: string, old?: PropertyValue, fresh?: PropertyValue): Change[] => {
    if (isDeepStrictEqual(old, fresh)) return [];
    const isArray = Array.isArray(old) && Array.isArray(fresh);
    if (isArray || (isPlainMap(old) && isPlainMap(fresh))) {
      const [left, right] = [parts(old), parts(fresh)];
      return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
        compare([...path, key], show(shown, key, isArray), left.get(key), right.get(key)),
      );
    }
    const kind = (old ?? null) === null ? "add" : (fresh ?? null) === null ? "delete" : "update";
    return [{ path, shown, kind, replace: isUnder(path, replaceOn) }];
  };
  return compare([], "", before, after);
}
