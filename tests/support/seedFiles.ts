import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";

const folder = join(__dirname, "../components/testdata/seed");

/** A file as its fields: "authentication.webhook.enabled" -> a scalar. Objects of a list are known by their `type` or their place. */
export type Fields = Record<string, unknown>;

/** The text of a file of the hand-made procedure. */
export function seedText(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

/** The fields of a text, by the ending of its file's name. */
export function fieldsOf(file: string, text: string): Fields {
  if (file.endsWith(".service")) return unitFields(text);
  const documents = loadAll(text);
  return flatten(documents.length === 1 ? load(text) : documents, "");
}

function flatten(value: unknown, path: string): Fields {
  if (Array.isArray(value))
    return Object.assign({}, ...value.map((item, index) => flatten(item, `${path}[${keyOf(item, index)}]`))) as Fields;
  if (typeof value !== "object" || value === null) return { [path]: value };
  const below = Object.entries(value).map(([key, item]) => flatten(item, path === "" ? key : `${path}.${key}`));
  return Object.assign({}, ...below) as Fields;
}

function keyOf(item: unknown, index: number): string {
  if (typeof item !== "object" || item === null) return String(item);
  const { type = index } = item as { type?: string };
  return String(type);
}

/** Directives by section; flags of a command are fields of their own. */
function unitFields(text: string): Fields {
  const fields: Fields = {};
  let section = "";
  for (const line of text.replaceAll("\\\n", " ").split("\n")) {
    section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section;
    const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    const [program = "", ...flags] = value.split(/\s+/);
    if (name === "") continue;
    fields[`${section}.${name}`] = name === "ExecStart" ? program : value;
    for (const [flag = "", setting] of name === "ExecStart" ? flags.map((word) => word.split(/=(.*)/)) : [])
      fields[flag] = setting;
  }
  return fields;
}
