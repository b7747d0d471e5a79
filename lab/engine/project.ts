/** Pulumi.yaml: what the engine needs of a project. Source: sdk/go/common/workspace/project.go. */
import { load } from "js-yaml";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { isMap } from "./values";

const runtimeOptions = z.strictObject({
  nodeargs: z.string().default(""),
  typescript: z.boolean().default(true),
  packagemanager: z.string().optional(),
});
/** A configuration key as the project declares it; of another namespace only a value or default may be given. */
const declaration = z.strictObject({
  type: z.enum(["string", "integer", "boolean", "array", "object"]).optional(),
  get items(): z.ZodOptional<typeof declaration> {
    return declaration.optional();
  },
  secret: z.boolean().default(false),
  default: z.unknown().optional(),
  value: z.unknown().optional(),
  description: z.string().optional(),
});
export type Declaration = z.infer<typeof declaration>;

const runtime = z.strictObject({ name: z.literal("nodejs"), options: runtimeOptions.prefault({}) });
/** Fields that are not here are refused: each would be ignored. */
const project = z.strictObject({
  name: z.string("project is missing a 'name' attribute"),
  main: z.string().default("."),
  runtime: z.preprocess((value) => (typeof value === "string" ? { name: value } : value), runtime),
  config: z
    .record(
      z.string(),
      z.preprocess((raw) => (isMap(raw) ? raw : { value: raw }), declaration),
    )
    .default({}),
  ...Object.fromEntries(["description", "author", "website", "license"].map((key) => [key, z.string().optional()])),
});

export interface Project extends z.infer<typeof project> {
  /** Folder of Pulumi.yaml. */
  root: string;
  /** Folder the program and dynamic providers run in. */
  programDirectory: string;
  /** What to run there: "." leaves it to package.json. */
  entryPoint: string;
}

/** Parses a YAML file by a schema. @throws Error naming the file and everything that is wrong in it. */
export function readYaml<Content>(file: string, schema: z.ZodType<Content>): Content {
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  let content: unknown;
  try {
    content = load(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    throw new Error(`${file} is not valid YAML: ${String(error)}`, { cause: error });
  }
  const { success, data, error } = schema.safeParse(content);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `  ${[...path, message].join(": ")}`);
  throw new Error([`${file} is not one that the lab's engine takes (the Pulumi CLI may):`, ...problems].join("\n"));
}

/** @throws Error where Pulumi.yaml is missing, unreadable, or asks for more than the engine has. */
export function readProject(root: string): Project {
  const content = readYaml(resolve(root, "Pulumi.yaml"), project);
  const entry = resolve(root, content.main);
  const isFolder = !existsSync(entry) || statSync(entry).isDirectory();
  return {
    ...content,
    root: resolve(root),
    programDirectory: isFolder ? entry : dirname(entry),
    entryPoint: isFolder ? "." : basename(entry),
  };
}
