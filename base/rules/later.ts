import { z } from "zod";
import { isPlainObject, type Path } from "./finding";
import { seenThrough, unwrapped } from "./unknownKeys";

/** Stands for a value that is only known while resources are made, so that the rest can be checked before. */
export class Later {
  // Private, so that whoever looks for fields finds none.
  readonly #path: Path;
  readonly #given: object;

  constructor(path: Path, given: object) {
    this.#path = path;
    this.#given = given;
  }

  /** Its place in the arguments. */
  get path(): Path {
    return this.#path;
  }

  /** What was given: an Output or a Promise. */
  get given(): object {
    return this.#given;
  }

  /** How it looks where a value is shown. */
  toJSON(): undefined {
    return undefined;
  }
}

const laterSchemas = new WeakSet<object>();

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
  laterSchemas.add(judged);
  return seenThrough(judged, schema);
}

/** Whether a schema has a {@link later} at a path. Of a key that it does not know there is another finding. */
export function mayBeLater(schema: unknown, path: Path): boolean {
  const found = schemaAt(schema, path);
  return found === undefined || isLaterSchema(found);
}

/**
 * Whether a value at a path is judged as one: a list or what is read by hand, such as labels. Where anything in it is only known later,
 * all of it is.
 */
export function isJudgedWhole(schema: unknown, path: Path): boolean {
  const found = schemaAt(schema, path);
  return found !== undefined && isLaterSchema(found) && !(unwrapped(found) instanceof z.ZodObject);
}

function isLaterSchema(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isLaterSchema(schema.unwrap());
  return typeof schema === "object" && schema !== null && laterSchemas.has(schema);
}

function schemaAt(schema: unknown, [key, ...rest]: Path): object | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  if (key === undefined) return schema;
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) return schemaAt((inner.shape as Record<string, unknown>)[key], rest);
  return inner instanceof z.ZodArray ? schemaAt(inner.element, rest) : undefined;
}

function paramsOf(issue: z.core.$ZodIssue): Record<string, unknown> {
  return issue.code === "custom" ? (issue.params ?? {}) : {};
}

/** The value with each {@link Later} in it replaced. */
export function mapLaters(value: unknown, replace: (later: Later) => unknown): unknown {
  if (value instanceof Later) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapLaters(item, replace));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLaters(item, replace)]));
}
