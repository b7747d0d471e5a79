import { z } from "zod";

/** What is said of a value besides its rule, for whoever writes it. */
export interface Description {
  /** What it means, in Markdown; the first sentence alone is the short form. */
  meaning: string;
  /** What holds where it is left out, in words, for a value without a default. @example "containerd's own" */
  unset?: string;
  /** True where it is never shown. @default false */
  secret?: boolean;
}

const descriptions = z.registry<Description>();

/**
 * `schema`, with what is said of it. Documentation, `Pulumi.yaml` and the editor's schema are all made of these.
 *
 * @example described("TCP port for SSH.", port.default(22))
 */
export function described<Schema extends z.ZodType>(
  meaning: string,
  schema: Schema,
  more: Omit<Description, "meaning"> = {},
): Schema {
  descriptions.add(schema, { meaning, ...more });
  return schema;
}

/** What is said of a schema. A key of which nothing is said is a fault of the program. */
export function descriptionOf(schema: z.ZodType): Description {
  const description = descriptions.get(schema);
  if (description === undefined) throw new Error("a key has no description; write it with described()");
  return description;
}
