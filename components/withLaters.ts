import * as pulumi from "@pulumi/pulumi";
import { isPlainObject, type Path } from "../base/rules/finding";
import { Later } from "../base/rules/later";

/**
 * The value with each Output and Promise in it replaced by a {@link Later}, and those in a list.
 *
 * @param isWhole of a path: a value with an Output anywhere in it is one of its own there.
 */
export function withLaters(value: unknown, isWhole: (path: Path) => boolean): { value: unknown; laters: Later[] } {
  const laters: Later[] = [];
  const walk = (item: unknown, path: Path): unknown => {
    if (isOutput(item) || (isWhole(path) && hasOutput(item))) {
      const found = new Later(path, item as object);
      laters.push(found);
      return found;
    }
    if (Array.isArray(item)) return item.map((one, index) => walk(one, [...path, index]));
    if (!isPlainObject(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, walk(one, [...path, key])]));
  };
  return { value: walk(value, []), laters };
}

function isOutput(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Whether a value is an Output or Promise, or has one in it. */
export function hasOutput(value: unknown): boolean {
  if (isOutput(value)) return true;
  const items = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : [];
  return items.some(hasOutput);
}
