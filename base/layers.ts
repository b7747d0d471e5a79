import { isPlainObject } from "./rules/finding";

/**
 * What is said of a host before what is said of its pool, and that before what is said of all: objects are joined field by field,
 * anything else (a list, a text, `null`) is taken as a whole. This is the one precedence of settings and arguments.
 *
 * @param layers from the widest to the narrowest; a field that is undefined says nothing
 * @example layered({ labels: { a: "1", b: "1" } }, { labels: { b: "2" } })   // { labels: { a: "1", b: "2" } }
 */
export function layered(...layers: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const all = new Map<string, unknown>();
  for (const [key, value] of layers.flatMap((layer) => Object.entries(layer))) {
    const before = all.get(key);
    if (value === undefined) continue;
    all.set(key, isPlainObject(before) && isPlainObject(value) ? layered(before, value) : value);
  }
  // fromEntries defines properties, it does not assign: a key named __proto__ stays an ordinary key.
  return Object.fromEntries(all);
}
