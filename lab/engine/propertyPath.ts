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

const { hasOwn } = Object;

/** Whether a value, or something it is part of, is secret on either side. */
interface Secrecy {
  old: boolean;
  news: boolean;
}

/**
 * Sets the places in `news` that `path` names back to what they are in `old` (ignoreChanges); what was secret stays so.
 * @param news changed in place.
 * @returns whether that could be done: not where one side alone has what the path goes through, or an array's element.
 * Source: PropertyPath.Reset.
 */
export function resetPath(path: PropertyPath, old?: PropertyValue, news?: PropertyValue, secrecy?: Secrecy): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return false;
  const [before, after] = [revealTop(old ?? null), revealTop(news ?? null)];
  const inner = { old: isSecret(old) || secrecy?.old === true, news: isSecret(news) || secrecy?.news === true };
  if (key === "*") return resetEvery(rest, before, after, inner);
  return typeof key === "number"
    ? resetElement(key, rest, before, after, inner)
    : resetKey(key, rest, before, after, inner);
}

/** Goes on to a place that both sides have, or sets it where the path ends. */
function resetAt(key: string | number, rest: PropertyPath, old: Container, news: Container, inner: Secrecy): boolean {
  const [before, after] = [read(old, key), read(news, key)];
  if (rest.length > 0) return resetPath(rest, before, after, inner);
  const value = structuredClone(before ?? null);
  Object.assign(news, { [key]: inner.old && !inner.news ? makeSecret(value) : value });
  return true;
}

function resetEvery(rest: PropertyPath, old: PropertyValue, news: PropertyValue, inner: Secrecy): boolean {
  if (Array.isArray(old) && Array.isArray(news)) {
    const common = news.slice(0, old.length).keys();
    return [...common].every((key) => resetAt(key, rest, old, news, inner)) && old.length === news.length;
  }
  if (!isPlainMap(old) || !isPlainMap(news)) return rest.length === 0 && isContainer(news);
  if (rest.length > 0)
    return Object.keys(old).every((key) => hasOwn(news, key) && resetAt(key, rest, old, news, inner));
  const gone = Object.keys(news).filter((key) => !hasOwn(old, key));
  gone.forEach((key) => delete news[key]);
  return Object.keys(old).every((key) => resetAt(key, rest, old, news, inner));
}

function resetElement(
  key: number,
  rest: PropertyPath,
  old: PropertyValue,
  news: PropertyValue,
  inner: Secrecy,
): boolean {
  if (!Array.isArray(old) || !Array.isArray(news)) return Array.isArray(old) === Array.isArray(news);
  const [had, has] = [hasOwn(old, key), hasOwn(news, key)];
  return had && has ? resetAt(key, rest, old, news, inner) : had === has && rest.length === 0;
}

function resetKey(key: string, rest: PropertyPath, old: PropertyValue, news: PropertyValue, inner: Secrecy): boolean {
  const [had, has] = [old, news].map((value) => isPlainMap(value) && hasOwn(value, key));
  if (rest.length === 0 && !had) return !isPlainMap(news) || delete news[key];
  if (!isPlainMap(old) || !isPlainMap(news)) return isPlainMap(old) === isPlainMap(news);
  if (rest.length > 0 && !had && !has) return true;
  return (has === true || rest.length === 0) && resetAt(key, rest, old, news, inner);
}
