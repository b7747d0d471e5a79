/**
 * A stack's configuration: its file, decrypted, with the project's defaults, checked against the project's declarations
 * as the CLI checks them. Source: pkg/workspace/config.go, sdk/go/common/resource/config.
 */
import { goJson } from "./goJson";
import { readYaml, type ConfigDeclaration, type Project } from "./project";
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Decrypts `{secure: ...}` at any depth; `secrets` collects what was encrypted. */
function decrypt(value: unknown, vault: Vault, secrets: string[]): unknown {
  if (isRecord(value) && Object.keys(value).length === 1 && typeof value.secure === "string") {
    const secret = vault.decrypt(value.secure);
    secrets.push(secret);
    return secret;
  }
  if (Array.isArray(value)) {
    return value.map((item) => decrypt(item, vault, secrets));
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, decrypt(child, vault, secrets)]))
    : value;
}

const toText = (plain: unknown): string =>
  typeof plain === "string" ? plain : plain === null || plain === undefined ? "" : goJson(plain);

const fullKey = (project: string, key: string): string => (key.includes(":") ? key : `${project}:${key}`);

/** Whether a value is of a declared type. Source: ValidateConfigValue in workspace/project.go. */
function isOfType(type: string, items: unknown, value: unknown): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "integer":
      return Number.isInteger(value) || (typeof value === "string" && /^[+-]?\d+$/.test(value));
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "object":
      return isRecord(value);
    case "array":
      return (
        Array.isArray(value) &&
        isRecord(items) &&
        value.every((item) => isOfType(String(items.type), items.items, item))
      );
    default:
      throw new Error(
        `type ${JSON.stringify(type)} of a configuration key is not one of string, integer, boolean, array, object`,
      );
  }
}

function typeName({ type, items }: { type?: unknown; items?: unknown }): string {
  return type === "array" && isRecord(items) ? `array<${typeName(items)}>` : String(type);
}

function validate(stack: string, declaration: ConfigDeclaration, value: ConfigValue): string[] {
  const { key, type, items, secret } = declaration;
  const problems: string[] = [];
  if (secret && !value.secret) {
    problems.push(`Stack '${stack}' with configuration key '${key}' must be encrypted as it's secret`);
  }
  const content = typeof value.plain === "object" ? value.plain : value.text;
  if (type !== undefined && !isOfType(type, items, content)) {
    problems.push(`Stack '${stack}' with configuration key '${key}' must be of type '${typeName(declaration)}'`);
  }
  return problems;
}

/** Fills in what the project gives by default, and lists what is missing or of the wrong type. */
function applyProject(stack: string, project: Project, values: StackConfig): string[] {
  const missing: string[] = [];
  const problems: string[] = [];
  for (const declaration of project.config) {
    const key = fullKey(project.name, declaration.key);
    const given = values.get(key);
    if (given !== undefined) {
      problems.push(...validate(stack, declaration, given));
    } else if (declaration.default !== undefined && declaration.default !== null) {
      values.set(key, { plain: declaration.default, text: toText(declaration.default), secret: false, secrets: [] });
    } else if (key.startsWith(`${project.name}:`)) {
      missing.push(declaration.key);
    }
  }
  if (missing.length > 0) {
    const keys = missing.sort().map((key) => `'${key}'`);
    const list = keys.length === 1 ? keys[0] : `${keys.slice(0, -1).join(", ")} and ${String(keys.at(-1))}`;
    problems.unshift(`Stack '${stack}' is missing configuration value${keys.length === 1 ? "" : "s"} ${String(list)}`);
  }
  return problems;
}

/** The salt that a stack's configuration file is encrypted with. */
export function readSalt(file: string): string | undefined {
  const { encryptionsalt, secretsprovider } = readYaml(file);
  if (secretsprovider !== undefined && secretsprovider !== "passphrase") {
    throw new Error(
      `${file}: secretsprovider is ${JSON.stringify(secretsprovider)}; the lab's engine knows passphrase only`,
    );
  }
  return typeof encryptionsalt === "string" ? encryptionsalt : undefined;
}

/** @throws Error listing everything that is wrong with the configuration. */
export function readStackConfig(file: string, stack: string, project: Project): StackConfig {
  const { config, environment } = readYaml(file);
  if (environment !== undefined) {
    throw new Error(`${file}: "environment" (Pulumi ESC) is not supported by the lab's engine; use the Pulumi CLI`);
  }
  const vault = new Vault(readSalt(file));
  const values: StackConfig = new Map();
  for (const [key, raw] of Object.entries(isRecord(config) ? config : {})) {
    const secrets: string[] = [];
    const plain = decrypt(raw, vault, secrets);
    values.set(fullKey(project.name, key), { plain, text: toText(plain), secret: secrets.length > 0, secrets });
  }
  const problems = applyProject(stack, project, values);
  if (problems.length > 0) {
    throw new Error(
      `${file} does not fit ${project.root}/Pulumi.yaml:\n${problems.map((line) => `  ${line}`).join("\n")}`,
    );
  }
  return values;
}
