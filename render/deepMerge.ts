import { isJsonObject, type JsonObject } from "./types";

/**
 * `override` laid over `base`; neither is changed. Objects merge key by key. Anything else (scalars and lists) replaces the
 * whole value: a list is one setting, and appending to it could never take anything away. `null` removes the key, so that
 * upstream's own default applies; `undefined` leaves it alone.
 *
 * @example deepMerge({ a: 1, b: { c: 2, d: [3] } }, { a: null, b: { d: [4] } })  // { b: { c: 2, d: [4] } }
 */
export function deepMerge<T>(base: T, override: unknown): T {
  if (!isJsonObject(base) || !isJsonObject(override)) {
    throw new TypeError("deepMerge: both sides must be objects; wrap a scalar or list under the key it belongs to");
  }
  return mergeObjects(base, override) as T;
}

function mergeObjects(base: JsonObject, override: JsonObject): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(override)) {
    const before = merged.get(key);
    if (value === null) {
      merged.delete(key);
    } else if (isJsonObject(value)) {
      // Merged over nothing too, so that a null inside never reaches the document.
      merged.set(key, mergeObjects(isJsonObject(before) ? before : {}, value));
    } else if (value !== undefined) {
      merged.set(key, value);
    }
  }
  // fromEntries defines properties, it does not assign: a key named __proto__ stays an ordinary key.
  return Object.fromEntries(merged);
}
