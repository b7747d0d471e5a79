/** Pulumi.yaml: what the engine needs of a project. Source: sdk/go/common/workspace/project.go. */
import { load } from "js-yaml";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { z } from "zod";

const runtimeOptions = z.strictObject({
  nodeargs: z.string().default(""),
  typescript: z.boolean().default(true),
  packagemanager: z.string().optional(),
});
const runtime = z.strictObject({ name: z.literal("nodejs"), options: runtimeOptions.prefault({}) });
/** Fields that are not here are refused: each would be ignored. */
const project = z.strictObject({
  name: z.string("project is missing a 'name' attribute"),
  main: z.string().default("."),
  runtime: z.preprocess((value) => (typeof value === "string" ? { name: value } : value), runtime),
  /** Each key's declaration, or the value it is given for good. */
  config: z.record(z.string(), z.unknown()).default({}),
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
