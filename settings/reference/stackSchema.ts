import { z } from "zod";
import { descriptionOf } from "../../base/rules/described";
import { fieldsOf, listOf } from "../../base/rules/finding";
import { without } from "../../base/without";
import { kubeletFields } from "../../render/upstream/kubeletFields";
import { kubeProxyFields } from "../../render/upstream/kubeProxyFields";
import { upstreamForm, type JsonForm } from "./upstreamForm";

const namespace = "kubernetes-worker-nodes";

/** Overrides whose fields are known: upstream's. */
const overrideForms: Readonly<Record<string, JsonForm>> = {
  kubeletConfiguration: upstreamForm(kubeletFields),
  kubeProxyConfiguration: upstreamForm(kubeProxyFields),
};

/** What `pulumi config set --secret` writes in place of a value. */
const secure: JsonForm = {
  type: "object",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};
/** Fields that are required and that may stand in another file. */
const fromElsewhere = ["hostKey"];
const orSecure: JsonForm = { $ref: "#/definitions/secure" };

/**
 * A JSON schema of a stack's file `Pulumi.<stack>.yaml`, by which an editor completes keys, shows what they mean and marks what is
 * wrong. It says less than the program does: what holds between values is not in it, and no key is required, since a value may come
 * from elsewhere.
 */
export function stackSchema(shape: Readonly<Record<string, z.ZodType>>): JsonForm {
  const keys = Object.entries(shape).map(([key, schema]) => [`${namespace}:${key}`, keyForm(key, schema)]);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Pulumi.<stack>.yaml of kubernetes-worker-nodes",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(keys) as JsonForm,
        // Keys of other namespaces are left alone.
        propertyNames: { anyOf: [{ enum: keys.map(([key]) => key) }, { not: { pattern: `^${namespace}:` } }] },
      },
    },
    definitions: { secure, ...overrideForms },
  };
}

function keyForm(key: string, schema: z.ZodType): JsonForm {
  const converted = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "any" });
  return fieldForm(key, schema, without(converted, ["$schema"]));
}

/** The form with what is said of each field, and with the other ways in which Pulumi writes a value. */
function detailed(schema: z.ZodType, form: JsonForm): JsonForm {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    const properties = Object.entries(inner.shape as Record<string, z.ZodType>).map(([key, field]) => [
      key,
      fieldForm(key, field, fieldsOf(fieldsOf(form["properties"])[key]) as JsonForm),
    ]);
    const required = listOf(form["required"]).filter((key) => !fromElsewhere.includes(String(key)));
    return { ...form, required, properties: Object.fromEntries(properties) as JsonForm, additionalProperties: false };
  }
  if (inner instanceof z.ZodRecord) {
    const values = detailed(inner.valueType as z.ZodType, fieldsOf(form["additionalProperties"]));
    return { ...without(form, ["propertyNames"]), additionalProperties: values };
  }
  if (inner instanceof z.ZodArray) {
    return { ...form, items: detailed(inner.element as z.ZodType, fieldsOf(form["items"])) };
  }
  return scalar(form);
}

function fieldForm(key: string, schema: z.ZodType, form: JsonForm): JsonForm {
  const { meaning: description, secret = false } = descriptionOf(schema);
  if (secret) return { description, ...orSecure };
  if (key in overrideForms) return { description, allOf: [{ $ref: `#/definitions/${key}` }] };
  return { description, ...detailed(schema, form) };
}

/** `pulumi config set` may write a number or a flag as text, and an encrypted text as an object. */
function scalar(form: JsonForm): JsonForm {
  const { type, default: unset, ...others } = form;
  const also: Readonly<Record<string, JsonForm>> = {
    integer: { type: "string", pattern: "^[0-9]+$" },
    boolean: { enum: ["true", "false"] },
    string: orSecure,
  };
  const other = typeof type === "string" ? also[type] : undefined;
  return other === undefined || "enum" in form
    ? form
    : { ...(unset !== undefined && { default: unset }), anyOf: [{ type, ...others }, other] };
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrapped(schema.unwrap()) : schema;
}
