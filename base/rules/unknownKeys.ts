import { z } from "zod";
import { nearest } from "../nearest";
import { fieldsOf, listOf, type Finding, type Path } from "./finding";

/**
 * A finding for each key that a schema's objects do not have, with the known key it resembles. What is read by hand (overrides,
 * labels) has no keys here and is not looked into.
 */
export function unknownKeyFindings(schema: unknown, value: unknown, path: Path = []): Finding[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) {
    return listOf(value).flatMap((item, index) => unknownKeyFindings(inner.element, item, [...path, index]));
  }
  if (inner instanceof z.ZodRecord) {
    return Object.entries(fieldsOf(value)).flatMap(([key, item]) =>
      unknownKeyFindings(inner.valueType, item, [...path, key]),
    );
  }
  if (!(inner instanceof z.ZodObject)) {
    return [];
  }
  const shape = inner.shape as Record<string, unknown>;
  const fields = fieldsOf(value);
  const known = Object.keys(shape);
  const unknown = Object.keys(fields).filter((key) => !known.includes(key) && fields[key] !== undefined);
  return [
    ...unknown.map((key) => unknownKey([...path, key], key, known)),
    ...known.flatMap((key) =>
      Object.hasOwn(fields, key) ? unknownKeyFindings(shape[key], fields[key], [...path, key]) : [],
    ),
  ];
}

/** Schemas that hide another. */
const hidden = new WeakMap<object, unknown>();

/** `schema`, whose known keys are those of `inner`. */
export function seenThrough<S extends object>(schema: S, inner: unknown): S {
  hidden.set(schema, inner);
  return schema;
}

/** The schema itself, without what makes it optional or hides it. */
export function unwrapped(schema: unknown): unknown {
  if (typeof schema === "object" && schema !== null && hidden.has(schema)) return unwrapped(hidden.get(schema));
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrapped(schema.unwrap()) : schema;
}

function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const near = nearest(key, known);
  const fix = near === undefined ? `remove it; the keys here are ${known.join(", ")}` : `did you mean "${near}"?`;
  return { path, fault: `is not a known key; ${fix}`, hidden: true };
}
