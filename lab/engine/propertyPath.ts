/** Paths into properties: `spec.ports[0].name`, `data["a.b"]`, `triggers[*]`. Source: resource/properties_path.go. */
import { isPlainMap, isSecret, makeSecret, type PropertyMap, type PropertyValue, revealTop } from "./values";

export type PropertyPath = (string | number)[];

/** @throws Error where the text is not a path. */
export function parsePath(text: string): PropertyPath {
  const path: PropertyPath = [];
  const token = /\.?\[(\d+)\]|\.?\[\*\]|\.?\["((?:\\"|[^"])*)"\]|\.?([^.[]+)/gy;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`property path ${JSON.stringify(text)} cannot be read from position ${at} on`);
    const [, index, quoted, name] = match;
    path.push(index !== undefined ? Number(index) : (quoted?.replaceAll('\\"', '"') ?? name ?? "*"));
  }
  return path;
}

/** The path as it is shown: names that are not words in brackets and quotes. */
export function formatPath(path: PropertyPath): string {
  const format = (part: string | number): string =>
    typeof part === "number" ? `[${part}]` : /^[\w$-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  return path.map(format).join("").replace(/^\./, "");
}

/** Whether every place `other` names lies under a place `path` names; `*` stands for any one key or index. */
export const pathContains = (path: PropertyPath, other: PropertyPath): boolean =>
  path.length <= other.length && path.every((part, at) => part === "*" || part === other[at]);

type Container = PropertyMap | PropertyValue[];
const isContainer = (value: PropertyValue | undefined): value is Container => Array.isArray(value) || isPlainMap(value);
const read = (container: Container, key: string | number): PropertyValue | undefined =>
  Array.isArray(container) ? container[Number(key)] : container[key];

/** The value at a path, looking through secrets; undefined where there is none. */
export function valueAt(value: PropertyValue | undefined, path: PropertyPath): PropertyValue | undefined {
  return path.reduce<PropertyValue | undefined>((current, part) => {
    const inner = current === undefined ? undefined : revealTop(current);
    return isContainer(inner) ? read(inner, part) : undefined;
  }, value);
}

/**
 * `news` with the places `path` names set back to what they are in `old` (ignoreChanges). What lies in an array stays
 * where only one side has such an element; what comes from within a secret stays one.
 */
export function resetPath(
  path: PropertyPath,
  old: PropertyValue | undefined,
  news: PropertyValue | undefined,
): PropertyValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return old;
  if (isSecret(old) || isSecret(news)) {
    const inner = resetPath(path, old && revealTop(old), news && revealTop(news));
    return inner === undefined ? undefined : makeSecret(inner);
  }
  const matches = (place: string | number): boolean => key === "*" || key === place;
  if (Array.isArray(old) && Array.isArray(news)) {
    return news.map((item, place) => (matches(place) ? (resetPath(rest, old[place] ?? item, item) ?? item) : item));
  }
  if (!isPlainMap(old) || !isPlainMap(news)) return news;
  const places = [...new Set([...Object.keys(news), ...Object.keys(old)])];
  const entries = places.map((place) => [
    place,
    matches(place) ? resetPath(rest, old[place], news[place]) : news[place],
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as PropertyMap;
}
