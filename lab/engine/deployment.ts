/**
 * Pulumi's deployment format, version 3: what `pulumi stack export` writes and `pulumi stack import` reads.
 * Source: sdk/go/common/apitype/core.go, pkg/resource/stack/deployment.go.
 */
import { createHash } from "node:crypto";
import { omit } from "./omit";
import { newState, type PendingOperation, type ResourceState, type Snapshot } from "./state";
import {
  isMap,
  isSecret,
  makeSecret,
  type PropertyMap,
  type PropertyValue,
  secretSignature,
  signature,
} from "./values";
import { Vault } from "./vault";

/** Written as the version of the engine that made the checkpoint; the magic beside it is its hash. */
const engineVersion = "v3.270.0-lab-engine";

/** Fields of a resource that stand for features the engine does not have. */
const refusedFields = [
  "taint",
  "importID",
  "replaceWith",
  "replacementTrigger",
  "refreshBeforeUpdate",
  "viewOf",
  "resourceHooks",
  "extensionRef",
  "snippetID",
];

const asText = (value: unknown): string => (typeof value === "string" ? value : "");
const asList = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const asMap = (value: unknown): PropertyMap => (isMap(value) ? value : {});

type Transform = (text: string) => string;
const asIs: Transform = (text) => text;

/** In a secret, what is secret again is not encrypted twice: the outer ciphertext covers it. */
function serializeValue(value: PropertyValue, encrypt: Transform): PropertyValue {
  if (isSecret(value)) {
    const plaintext = JSON.stringify(serializeValue(value.value ?? null, asIs));
    return { [signature]: secretSignature, ciphertext: encrypt(plaintext) };
  }
  if (Array.isArray(value)) {
    return value.map((item) => serializeValue(item, encrypt));
  }
  return isMap(value) ? serializeMap(value, encrypt) : value;
}

const serializeMap = (map: PropertyMap, encrypt: Transform): PropertyMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, serializeValue(value, encrypt)]));

function parseValue(value: PropertyValue, decrypt: Transform): PropertyValue {
  if (isSecret(value)) {
    const { plaintext, ciphertext } = value;
    const text = typeof plaintext === "string" ? plaintext : decrypt(asText(ciphertext));
    const inner: unknown = JSON.parse(text);
    return makeSecret(parseValue(isJson(inner) ? inner : null, asIs));
  }
  if (Array.isArray(value)) {
    return value.map((item) => parseValue(item, decrypt));
  }
  return isMap(value) ? parseMap(value, decrypt) : value;
}

const isJson = (value: unknown): value is PropertyValue => value !== undefined;

const parseMap = (map: PropertyMap, decrypt: Transform): PropertyMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, parseValue(value, decrypt)]));

const isEmpty = (value: unknown): boolean =>
  value === "" ||
  value === false ||
  value === undefined ||
  (typeof value === "object" && Object.keys(value ?? {}).length === 0);

/** One resource in the format; empty fields are left out, as Pulumi leaves them out. */
export function serializeResource(state: ResourceState, vault: Vault): Record<string, unknown> {
  const { urn, custom, delete: deleted, id, type, inputs, outputs, ...rest } = omit(state, "aliases");
  const encrypt: Transform = (plaintext) => vault.encryptFor(urn, plaintext);
  const properties = { inputs: serializeMap(inputs, encrypt), outputs: serializeMap(outputs, encrypt) };
  const optional = Object.entries({ delete: deleted, id, type, ...properties, ...rest });
  return { urn, custom, ...Object.fromEntries(optional.filter(([, value]) => !isEmpty(value))) };
}

/** @param resources each as serializeResource made it, as JSON text. */
export function deploymentText(
  resources: string[],
  operations: { resource: string; type: string }[],
  vault: Vault,
): string {
  const magic = createHash("sha256").update(engineVersion).digest("hex");
  const manifest = JSON.stringify({ time: new Date().toISOString(), magic, version: engineVersion });
  const secrets =
    vault.salt === undefined
      ? ""
      : `"secrets_providers":${JSON.stringify({ type: "passphrase", state: { salt: vault.salt } })},`;
  const pending = operations.map(({ resource, type }) => `{"resource":${resource},"type":${JSON.stringify(type)}}`);
  const parts = [
    `"manifest":${manifest},${secrets}"resources":[\n${resources.join(",\n")}\n]`,
    ...(pending.length > 0 ? [`"pending_operations":[${pending.join(",")}]`] : []),
    `"metadata":{}`,
  ];
  return `{"version":3,"deployment":{${parts.join(",")}}}\n`;
}

function parseResource(raw: PropertyMap, vault: Vault): ResourceState {
  const urn = asText(raw.urn);
  const refused = refusedFields.filter((field) => !isEmpty(raw[field]) && raw[field] !== null);
  if (refused.length > 0) {
    throw new Error(
      `resource ${urn} has ${refused.join(", ")}, which the lab's engine does not support; use the Pulumi CLI`,
    );
  }
  const decrypt: Transform = (ciphertext) => vault.decryptFor(urn, ciphertext);
  const timeouts = Object.entries(asMap(raw.customTimeouts)).filter(([, value]) => typeof value === "number");
  const propertyDependencies = Object.entries(asMap(raw.propertyDependencies)).map(
    ([key, urns]) => [key, asList(urns)] as const,
  );
  return newState({
    urn,
    type: asText(raw.type),
    custom: raw.custom === true,
    delete: raw.delete === true,
    id: asText(raw.id),
    inputs: parseMap(asMap(raw.inputs), decrypt),
    outputs: parseMap(asMap(raw.outputs), decrypt),
    parent: asText(raw.parent),
    protect: raw.protect === true,
    external: raw.external === true,
    dependencies: asList(raw.dependencies),
    initErrors: asList(raw.initErrors),
    provider: asText(raw.provider),
    propertyDependencies: Object.fromEntries(propertyDependencies),
    pendingReplacement: raw.pendingReplacement === true,
    additionalSecretOutputs: asList(raw.additionalSecretOutputs),
    customTimeouts: Object.fromEntries(timeouts),
    retainOnDelete: raw.retainOnDelete === true,
    deletedWith: asText(raw.deletedWith),
    created: asText(raw.created),
    modified: asText(raw.modified),
    ignoreChanges: asList(raw.ignoreChanges),
    replaceOnChanges: asList(raw.replaceOnChanges),
  });
}

const operationTypes = ["creating", "updating", "deleting", "reading"] as const;

function parseOperation(raw: PropertyMap, vault: Vault): PendingOperation {
  const type = operationTypes.find((known) => known === raw.type);
  if (type === undefined) {
    throw new Error(`pending operation of type ${JSON.stringify(raw.type)} is not supported by the lab's engine`);
  }
  return { resource: parseResource(asMap(raw.resource), vault), type };
}

/**
 * Reads a deployment.
 * @param configSalt the stack's own salt, used where the deployment names none.
 * @throws Error where it is not one, is of another version, or uses what the engine does not support.
 */
export function parseDeployment(text: string, configSalt: string | undefined): { snapshot: Snapshot; vault: Vault } {
  const { version, features, deployment } = asMap(JSON.parse(text));
  if (version !== 3 || !isMap(deployment)) {
    const why = asList(features).length > 0 ? ` with features ${asList(features).join(", ")}` : "";
    throw new Error(
      `the file is a deployment of version ${JSON.stringify(version)}${why}; the lab's engine reads version 3, as "pulumi stack export" writes it`,
    );
  }
  const provider = asMap(deployment.secrets_providers);
  if (provider.type !== undefined && provider.type !== "passphrase") {
    throw new Error(
      `the deployment's secrets are encrypted by ${JSON.stringify(provider.type)}; the lab's engine knows passphrase only`,
    );
  }
  const vault = new Vault(asText(asMap(provider.state).salt) || configSalt);
  const list = (value: PropertyValue | undefined): PropertyMap[] => (Array.isArray(value) ? value.map(asMap) : []);
  const resources = list(deployment.resources).map((raw) => parseResource(raw, vault));
  const pendingOperations = list(deployment.pending_operations).map((raw) => parseOperation(raw, vault));
  return { snapshot: { resources, pendingOperations }, vault };
}
