import type { z } from "zod";
import { keyRows, type KeyRow } from "../keyRows";

/**
 * A table of keys in Markdown.
 *
 * @param first head of the first column. @example "key"
 */
export function markdownTable(first: string, shape: Readonly<Record<string, z.ZodType>>): string {
  const rows = keyRows(shape).map((row) => [`\`${row.key}\``, typeName(row), defaultText(row), row.meaning]);
  return paddedTable([first, "type", "default", "meaning"], rows);
}

/** A table in Markdown, padded as Prettier does. */
export function paddedTable(heads: string[], rows: string[][]): string {
  const table = [heads, ...rows.map((row) => row.map(escaped))];
  const widths = table[0]?.map((_, column) => Math.max(3, ...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: string[]): string => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = table;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/** `text` with what stands between the marks of each name replaced by `parts`; a name without marks is a fault. */
export function withGenerated(
  text: string,
  parts: Readonly<Record<string, string>>,
  source = "settings/schema.ts",
): string {
  return Object.entries(parts).reduce((whole, [name, part]) => {
    const [start, end] = [`<!-- ${name}: made from ${source} -->`, `<!-- ${name} ends -->`];
    const [from, to] = [whole.indexOf(start), whole.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the file has no marks "${start}" and "${end}"`);
    return `${whole.slice(0, from + start.length)}\n\n${part}\n\n${whole.slice(to)}`;
  }, text);
}

function typeName({ type, secret }: KeyRow): string {
  return secret ? "secret" : type === "array" ? "list" : type;
}

function defaultText(row: KeyRow): string {
  if (row.required || row.default === undefined) return row.unset;
  return `\`${typeof row.default === "string" ? row.default : JSON.stringify(row.default)}\``;
}

/** A bar inside a cell ends it, in code too. */
function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|");
}
