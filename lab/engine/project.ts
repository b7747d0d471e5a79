/** Pulumi.yaml: what the engine needs of a project. Source: sdk/go/common/workspace/project.go. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { load } from "js-yaml";

/** A configuration key as the project declares it. */
export interface ConfigDeclaration {
  key: string;
  /** Undefined for a key that is only given a value, or belongs to another namespace. */
  type: string | undefined;
  items: unknown;
  secret: boolean;
  default: unknown;
}

export interface Project {
  name: string;
  /** Folder of Pulumi.yaml. */
  root: string;
  /** Folder the program and dynamic providers run in. */
  programDirectory: string;
  /** What to run there: "." leaves it to package.json. */
  entryPoint: string;
  nodeArgs: string[];
  typeScript: boolean;
  config: ConfigDeclaration[];
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

/** Parses a YAML file into an object. @throws Error naming the file. */
export function readYaml(file: string): Record<string, unknown> {
  if (!existsSync(file)) {
    throw new Error(`${file} does not exist`);
  }
  try {
    return record(load(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`${file} is not valid YAML: ${String(error)}`, { cause: error });
  }
}

function readRuntime(runtime: unknown, file: string): { nodeArgs: string[]; typeScript: boolean } {
  const name = typeof runtime === "string" ? runtime : record(runtime).name;
  if (name !== "nodejs") {
    throw new Error(
      `${file}: runtime is ${JSON.stringify(name)}; the lab's engine runs nodejs programs only, use the Pulumi CLI`,
    );
  }
  const options = record(record(runtime).options);
  const nodeArgs =
    typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter((arg) => arg !== "") : [];
  return { nodeArgs, typeScript: options.typescript !== false };
}

function readDeclaration(key: string, value: unknown): ConfigDeclaration {
  const { type, items, secret, default: byDefault, value: fixed } = record(value);
  const isDeclaration = typeof value === "object" && value !== null && !Array.isArray(value);
  return {
    key,
    type: typeof type === "string" ? type : undefined,
    items,
    secret: secret === true,
    default: isDeclaration ? (byDefault ?? fixed) : value,
  };
}

/** @throws Error where Pulumi.yaml is missing, unreadable, or of another runtime. */
export function readProject(root: string): Project {
  const file = resolve(root, "Pulumi.yaml");
  const { name, main, runtime, config, ...rest } = readYaml(file);
  if (typeof name !== "string" || name === "") {
    throw new Error(`${file}: project is missing a 'name' attribute`);
  }
  for (const key of ["plugins", "packages"].filter((unsupported) => unsupported in rest)) {
    throw new Error(`${file}: "${key}" is not supported by the lab's engine; use the Pulumi CLI`);
  }
  const entry = resolve(root, typeof main === "string" ? main : ".");
  const isFolder = !existsSync(entry) || statSync(entry).isDirectory();
  return {
    name,
    root: resolve(root),
    programDirectory: isFolder ? entry : dirname(entry),
    entryPoint: isFolder ? "." : basename(entry),
    ...readRuntime(runtime, file),
    config: Object.entries(record(config)).map(([key, value]) => readDeclaration(key, value)),
  };
}
