import { fieldOf, type FieldType } from "../../render/upstream/fieldTypes";

/** A JSON schema, or a value in one. */
export interface JsonForm {
  [key: string]: unknown;
}

const scalars: Readonly<Record<string, JsonForm>> = {
  string: { type: "string" },
  boolean: { type: "boolean" },
  integer: { type: "integer" },
  number: { type: "number" },
  duration: { type: "string", description: 'A Go duration, e.g. "2m0s".' },
  quantity: { type: ["string", "number"], description: 'A Kubernetes quantity, e.g. "100Mi".' },
  any: {},
};

/** What an upstream configuration may have, as a JSON schema. `null` takes a field of ours away. */
export function upstreamForm(type: FieldType): JsonForm {
  if (typeof type === "string") return scalars[type] ?? {};
  if (type.is === "list") return { type: "array", items: upstreamForm(type.items) };
  if (type.is === "map") return { type: "object", additionalProperties: upstreamForm(type.values) };
  const fields = Object.entries(type.fields).map(([name, entry]) => {
    const { type: form, since } = fieldOf(entry);
    const known = { anyOf: [upstreamForm(form), { type: "null" }] };
    return [name, since === undefined ? known : { description: `Kubernetes 1.${since} and later.`, ...known }];
  });
  return { type: "object", properties: Object.fromEntries(fields) as JsonForm, additionalProperties: false };
}
