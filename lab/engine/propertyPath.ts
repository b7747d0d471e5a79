/** Paths into properties: `spec.ports[0].name`, `data["a.b"]`, `triggers[*]`. Source: resource/properties_path.go. */
import { isPlainMap, isSecret, makeSecret, type PropertyMap, type PropertyValue, revealTop } from "./values";

export type PropertyPath = (string | number)[];

export function parsePath(text: string): PropertyPath {
  const path: PropertyPath = [];
  const token = /\.?\[(\d+)\]|\.?\[\*\]|\.?\["((?:\\"|[^"])*)"\]|\.?([^.[]+)/gy;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) {
      throw new Error(`property path ${JSON.stringify(text)} cannot be read from position ${String(at)} on`);
    }
    const [, index, quoted, name] = match;
    path.push(index !== undefined ? Number(index) : (quoted?.replaceAll('\\"', '"') ?? name ?? "*"));
  }
  return path;
}

export function formatPath(path: PropertyPath): string {
  return path
    .map((part, position) => {
      if (typeof part === "number") {
        return `[${String(part)}]`;
      }
      return /^[\w$-]+$/.test(part) ? (position === 0 ? part : `.${part}`) : `[${JSON.stringify(part)}]`;
    })
    .join("");
}

/** Whether every place `other` names lies under a place `path` names; `*` stands for any one key or index. */
export function pathContains(path: PropertyPath, other: PropertyPath): boolean {
  return path.length <= other.length && path.every((part, at) => part === "*" || part === other[at]);
}

/** The value at a path, looking through secrets; undefined where there is none. */
export function getPath(value: PropertyValue | undefined, path: PropertyPath): PropertyValue | undefined {
  return path.reduce<PropertyValue | undefined>((current, part) => {
    const inner = current === undefined ? undefined : revealTop(current);
    if (Array.isArray(inner)) {
      return typeof part === "number" ? inner[part] : undefined;
    }
    return isPlainMap(inner) ? inner[part] : undefined;
  }, value);
}

type Slot = { container: PropertyMap | PropertyValue[]; secret: boolean };

function open(value: PropertyValue | undefined): Slot | undefined {
  const inner = value === undefined ? undefined : revealTop(value);
  return Array.isArray(inner) || isPlainMap(inner) ? { container: inner, secret: isSecret(value) } : undefined;
}

const read = (container: PropertyMap | PropertyValue[], key: string | number): PropertyValue | undefined =>
  Array.isArray(container) ? container[Number(key)] : container[key];

function write(
  container: PropertyMap | PropertyValue[],
  key: string | number,
  value: PropertyValue | undefined,
): boolean {
  if (Array.isArray(container)) {
    if (value === undefined || Number(key) >= container.length) {
      return false;
    }
    container[Number(key)] = value;
  } else if (value === undefined) {
    Reflect.deleteProperty(container, key);
  } else {
    container[key] = value;
  }
  return true;
}

/**
 * Sets the places `path` names in `target` to what they are in `old` (ignoreChanges). False where that cannot be done:
 * an element of an array that only one side has, or a path through something only one side has.
 */
export function resetPath(
  path: PropertyPath,
  old: PropertyValue | undefined,
  target: PropertyValue | undefined,
): boolean {
  const [key, ...rest] = path;
  const before = open(old);
  const after = open(target);
  if (key === undefined || before === undefined || after === undefined) {
    return key !== undefined && before === undefined && after === undefined;
  }
  const keys = key === "*" ? [...new Set([...Object.keys(before.container), ...Object.keys(after.container)])] : [key];
  return keys.every((each) => {
    const oldValue = read(before.container, each);
    const newValue = read(after.container, each);
    if (rest.length > 0) {
      return oldValue === undefined && newValue === undefined ? true : resetPath(rest, oldValue, newValue);
    }
    if (oldValue === undefined && newValue === undefined) {
      return true;
    }
    return write(
      after.container,
      each,
      oldValue !== undefined && before.secret && !after.secret ? makeSecret(oldValue) : oldValue,
    );
  });
}
