/**
 * A stack's configuration: its file, decrypted, with the project's defaults, checked against the project's declarations
 * as the CLI checks them. Source: pkg/workspace/config.go, sdk/go/common/resource/config.
 */
import { z } from "zod";
import { type Declaration, type Project, readYaml } from "./project";
import { isMap } from "./values";
import { Vault } from "./vault";

export interface ConfigValue {
  /** Text, or JSON of it where the value is a list or an object. */
  text: string;
  secret: boolean;
  /** The parts that are encrypted in the file; of a list or an object that may be some. */
  secrets: string[];
  /** The value before it became text. */
  plain: unknown;
}
/** By full key, `namespace:name`. */
export type StackConfig = Map<string, ConfigValue>;

/** Fields that are not here are refused: Pulumi ESC's `environment`, keys of other secrets providers. */
const stackFile = z.strictObject({
  config: z.record(z.string(), z.unknown()).nullish(),
  encryptionsalt: z.string().optional(),
  secretsprovider: z.literal("passphrase").optional(),
});

/** Decrypts `{secure: ...}` at any depth; `secrets` collects what was encrypted. */
function decrypt(value: unknown, vault: Vault, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => decrypt(item, vault, secrets));
  if (!isMap(value)) return value;
  if (typeof value.secure === "string" && Object.keys(value).length === 1) {
    secrets.push(vault.decrypt(value.secure));
    return secrets.at(-1);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decrypt(part, vault, secrets)]));
}

/**
 * JSON as the CLI writes it: keys sorted, some characters escaped. Configuration reaches programs and providers, and so
 * checkpoints, in this form; in another a provider would look changed to the CLI.
 */
export function goJson(value: unknown): string {
  const sortKeys = (_key: string, part: unknown): unknown =>
    isMap(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part;
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, sortKeys).replace(/[<>&\u2028\u2029]/g, escape);
}

const configValue = (plain: unknown, secrets: string[] = []): ConfigValue => {
  const text = typeof plain === "string" ? plain : goJson(plain ?? "").replace(/^""$/, "");
  return { plain, text, secrets, secret: secrets.length > 0 };
};

/** What fits a declared type. Source: ValidateConfigValue in workspace/project.go. */
function typeSchema({ type, items }: Declaration): z.ZodType {
  switch (type) {
    case "string":
      return z.string();
    case "integer":
      return z.union([z.int(), z.string().regex(/^[+-]?\d+$/)]);
    case "boolean":
      return z.union([z.boolean(), z.enum(["true", "false"])]);
    case "object":
      return z.record(z.string(), z.unknown());
    case "array":
      return z.array(items === undefined ? z.unknown() : typeSchema(items));
    case undefined:
      return z.unknown();
  }
}

const typeName = ({ type, items }: Declaration): string =>
  type === "array" && items !== undefined ? `array<${typeName(items)}>` : String(type);

/** Fills in what the project gives by default, and lists what is missing or of the wrong type. */
function applyProject(stack: string, project: Project, values: StackConfig): string[] {
  const missing: string[] = [];
  const problems: string[] = [];
  for (const [key, declaration] of Object.entries(project.config)) {
    const full = key.includes(":") ? key : `${project.name}:${key}`;
    const given = values.get(full);
    const plain = declaration.default ?? declaration.value ?? undefined;
    const must = (what: string) => problems.push(`Stack '${stack}' with configuration key '${key}' must be ${what}`);
    if (given === undefined) {
      if (plain !== undefined) values.set(full, configValue(plain));
      else if (full.startsWith(`${project.name}:`)) missing.push(`'${key}'`);
    } else {
      // What is neither list nor object counts as text, as the CLI has it.
      const content = typeof given.plain === "object" ? given.plain : given.text;
      if (declaration.secret && !given.secret) must("encrypted as it's secret");
      if (!typeSchema(declaration).safeParse(content).success) must(`of type '${typeName(declaration)}'`);
    }
  }
  if (missing.length === 0) return problems;
  const list = new Intl.ListFormat("en-GB", { style: "long" }).format(missing.sort());
  return [`Stack '${stack}' is missing configuration value${missing.length === 1 ? "" : "s"} ${list}`, ...problems];
}

/** The configuration in clear, as the CLI gives it to program and plugins. */
export const configJson = (config: StackConfig): string =>
  JSON.stringify(Object.fromEntries([...config].map(([key, { text }]) => [key, text])));

/** The salt that a stack's configuration file is encrypted with. */
export const readSalt = (file: string): string | undefined => readYaml(file, stackFile).encryptionsalt;

/** @throws Error listing everything that is wrong with the configuration. */
export function readStackConfig(file: string, stack: string, project: Project): StackConfig {
  const { config, encryptionsalt } = readYaml(file, stackFile);
  const vault = new Vault(encryptionsalt);
  const values: StackConfig = new Map();
  for (const [key, raw] of Object.entries(config ?? {})) {
    const secrets: string[] = [];
    const plain = decrypt(raw, vault, secrets);
    values.set(key.includes(":") ? key : `${project.name}:${key}`, configValue(plain, secrets));
  }
  const problems = applyProject(stack, project, values);
  if (problems.length === 0) return values;
  throw new Error([`${file} does not fit ${project.root}/Pulumi.yaml:`, ...problems].join("\n  "));
}
