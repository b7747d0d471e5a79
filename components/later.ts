import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { isPlainObject, type Path } from "../base/rules/finding";
import { seenThrough } from "../base/rules/unknownKeys";

/** Stands for a value that is only known while resources are made, so that the rest can be checked before. */
export class Later {
  // Private, so that whoever looks for fields finds none.
  readonly #path: Path;
  readonly #output: pulumi.Output<unknown>;

  constructor(path: Path, output: pulumi.Output<unknown>) {
    this.#path = path;
    this.#output = output;
  }

  /** Its place in the arguments. */
  get path(): Path {
    return this.#path;
  }

  get output(): pulumi.Output<unknown> {
    return this.#output;
  }

  /** How it looks where a value is shown. */
  toJSON(): undefined {
    return undefined;
  }
}

/** A value that may be a {@link Later}. */
export function later<T>(schema: z.ZodType<T>): z.ZodType<T | Later> {
  const judged = z
    .any()
    .optional()
    .transform((value: unknown, context): T | Later => {
      if (value instanceof Later) return value;
      const { success, data, error } = schema.safeParse(value);
      if (success) return data;
      error.issues.forEach((issue) => context.addIssue({ ...issue, code: "custom", params: paramsOf(issue) }));
      return z.NEVER;
    });
  return seenThrough(judged, schema);
}

function paramsOf(issue: z.core.$ZodIssue): Record<string, unknown> {
  return issue.code === "custom" ? (issue.params ?? {}) : {};
}

/** The value with each Output and Promise in it replaced by a {@link Later}, and those in a list. */
export function withLaters(value: unknown): { value: unknown; laters: Later[] } {
  const laters: Later[] = [];
  const walk = (item: unknown, path: Path): unknown => {
    if (pulumi.Output.isInstance(item) || item instanceof Promise) {
      const found = new Later(path, pulumi.output(item));
      laters.push(found);
      return found;
    }
    if (Array.isArray(item)) return item.map((one, index) => walk(one, [...path, index]));
    if (!isPlainObject(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, walk(one, [...path, key])]));
  };
  return { value: walk(value, []), laters };
}

/** The value with each {@link Later} in it replaced. */
export function mapLaters(value: unknown, replace: (later: Later) => unknown): unknown {
  if (value instanceof Later) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapLaters(item, replace));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLaters(item, replace)]));
}
