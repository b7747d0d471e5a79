import { z } from "zod";
import { descriptionOf } from "../base/rules/described";
import { fieldsOf } from "../base/rules/finding";

/** A key as its documentation has it. */
export interface KeyRow {
  key: string;
  /** As JSON Schema names it. */
  type: "string" | "integer" | "boolean" | "array" | "object";
  /** Type of a list's items. */
  items?: string;
  secret: boolean;
  /** What is taken where the key is not set; undefined where there is no such value. */
  default?: unknown;
  required: boolean;
  /** In words, what holds where there is no default. */
  unset: string;
  /** In Markdown. */
  meaning: string;
}

const types = ["string", "integer", "boolean", "array", "object"] as const;

/** The keys of an object's schema, in its order. */
export function keyRows(shape: Readonly<Record<string, z.ZodType>>): KeyRow[] {
  return Object.entries(shape).map(([key, schema]) => {
    const { meaning, unset, secret = false } = descriptionOf(schema);
    const { success, data } = schema.safeParse(undefined);
    const isEmpty = isEmptyObject(data) && unset !== undefined;
    const required = !success || unset === "required";
    return {
      key,
      ...formOf(schema),
      secret,
      required,
      default: isEmpty ? undefined : data,
      unset: required ? "required" : (unset ?? "not set"),
      meaning,
    };
  });
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function formOf(schema: z.ZodType): Pick<KeyRow, "type" | "items"> {
  const { type, items } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const known = types.find((name) => name === type);
  if (known === undefined) throw new Error(`a key has no type that Pulumi.yaml knows, but ${JSON.stringify(type)}`);
  const ofItems = fieldsOf(items)["type"];
  return { type: known, items: typeof ofItems === "string" ? ofItems : undefined };
}
