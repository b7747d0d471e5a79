/** What changed between two bags of properties, and the paths of such places, as in `spec.ports[0].name`. */
import { union } from "es-toolkit";
import { toPath } from "es-toolkit/compat";
import { isDeepStrictEqual } from "node:util";
import { isPlainMap, type PropertyMap, type PropertyValue } from "./values";

/** A place that differs. */
export interface Change {
  /** Names of properties and indices of elements. */
  path: string[];
  /** The path as it is shown: indices in brackets, names that are not words in brackets and quotes. */
  shown: string;
  kind: "add" | "delete" | "update";
  /** Whether the resource cannot be changed so in place. */
  replace: boolean;
}

/** Whether a place lies under one of those that `texts` name; `*` stands for any one key or index. */
export function isUnder(place: string[], texts: string[]): boolean {
  const covers = (path: string[]): boolean =>
    path.length <= place.length && path.every((part, at) => part === "*" || part === place[at]);
  return texts.map(toPath).some(covers);
}

function show(shown: string, key: string, isIndex: boolean): string {
  if (isIndex) return `${shown}[${key}]`;
  if (!/^[\w$-]+$/.test(key)) return `${shown}[${JSON.stringify(key)}]`;
  return shown === "" ? key : `${shown}.${key}`;
}

/** The value's properties or elements; undefined where it has none to look into. */
const partsOf = (value: PropertyValue): Map<string, PropertyValue> | undefined =>
  Array.isArray(value) || isPlainMap(value) ? new Map(Object.entries(value)) : undefined;

/**
 * The deepest places that differ. A secret differs from the same value in clear, null does not from nothing.
 * @param replaceOn paths below which a change replaces the resource.
 */
export function changesBetween(before: PropertyMap, after: PropertyMap, replaceOn: string[] = []): Change[] {
  const compare = (path: string[], shown: string, old: PropertyValue, fresh: PropertyValue): Change[] => {
    if (isDeepStrictEqual(old, fresh)) return [];
    const isArray = Array.isArray(old);
    const [left, right] = [partsOf(old), partsOf(fresh)];
    if (left && right && isArray === Array.isArray(fresh)) {
      return union([...left.keys()], [...right.keys()]).flatMap((key) =>
        compare([...path, key], show(shown, key, isArray), left.get(key) ?? null, right.get(key) ?? null),
      );
    }
    const kind = old === null ? "add" : fresh === null ? "delete" : "update";
    return [{ path, shown, kind, replace: isUnder(path, replaceOn) }];
  };
  return compare([], "", before, after);
}
