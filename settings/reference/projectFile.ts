import { dump } from "js-yaml";
import type { z } from "zod";
import { keyRows, type KeyRow } from "../keyRows";

/**
 * The section `config` of Pulumi.yaml: every key with its type, a default and what it means in one sentence.
 *
 * Each key has a default, if only an empty one, and none says `secret: true`: Pulumi.yaml says why.
 */
export function configSection(shape: Readonly<Record<string, z.ZodType>>): string {
  const config = Object.fromEntries(keyRows(shape).map((row) => [row.key, declaration(row)]));
  return dump({ config }, { lineWidth: -1, quoteStyle: "double" });
}

function declaration(row: KeyRow): Record<string, unknown> {
  const type = row.default === undefined && isScalar(row.type) ? "string" : row.type;
  return {
    type,
    ...(type === "array" && { items: { type: row.items ?? "object" } }),
    default: row.default ?? emptyOf(type),
    description: `${prefix(row)}${firstSentence(row.meaning)}`,
  };
}

/** Of a number or a flag there is no empty value; as text it may be empty, and is read as what it says. */
function isScalar(type: KeyRow["type"]): boolean {
  return type === "integer" || type === "boolean";
}

function emptyOf(type: KeyRow["type"]): unknown {
  return type === "array" ? [] : type === "object" ? {} : "";
}

function prefix({ required, secret }: KeyRow): string {
  if (required) return secret ? "Required, secret. " : "Required. ";
  return secret ? "Secret. " : "";
}

/** Without Markdown, which the CLI does not show. */
function firstSentence(meaning: string): string {
  const [sentence = meaning] = /^.*?\.(?= [A-Z`"]|$)/.exec(meaning) ?? [];
  return sentence.replaceAll("`", "");
}
