/**
 * Pulumi's deployment format, version 3: what `pulumi stack export` writes and `pulumi stack import` reads.
 * Source: sdk/go/common/apitype/core.go, pkg/resource/stack/deployment.go.
 */
import { mapValues, omit, omitBy } from "es-toolkit";
import { createHash } from "node:crypto";
import { z } from "zod";
import { operationTypes, type ResourceState, type Snapshot, stateSchema } from "./state";
import { isSecret, makeSecret, mapParts, type PropertyValue, secretSignature, signature } from "./values";
import { Vault } from "./vault";

/** Written as the version of the engine that made the checkpoint; the magic beside it is its hash. */
const engineVersion = "v3.270.0-lab-engine";

/** Fields of a resource that say where in the program it was made, or what it was called, and matter to no run. */
const unrecorded = ["sourcePosition", "stackTrace", "aliases"];

const isEmpty = (value: unknown): boolean =>
  value === "" || value === false || value === undefined || value === null || isEmptyObject(value);
const isEmptyObject = (value: unknown): boolean => typeof value === "object" && Object.keys(value ?? {}).length === 0;

/** In a secret, what is secret again is not encrypted twice: the outer ciphertext covers it. */
function seal(value: PropertyValue, encrypt: (plaintext: string) => string): PropertyValue {
  if (!isSecret(value)) return mapParts(value, (part) => seal(part, encrypt));
  const plaintext = JSON.stringify(seal(value.value ?? null, (text) => text));
  return { [signature]: secretSignature, ciphertext: encrypt(plaintext) };
}

function unseal(value: PropertyValue, decrypt: (ciphertext: string) => string): PropertyValue {
  if (!isSecret(value)) return mapParts(value, (part) => unseal(part, decrypt));
  const { plaintext, ciphertext = "" } = value;
  const text = typeof plaintext === "string" ? plaintext : decrypt(ciphertext as string);
  return makeSecret(unseal(JSON.parse(text) as PropertyValue, (inner) => inner));
}

/** One resource in the format; empty fields are left out, as Pulumi leaves them out. */
function serializeResource(state: ResourceState, vault: Vault): object {
  const { urn, custom, inputs, outputs } = state;
  const sealed = mapValues({ inputs, outputs }, (map) =>
    mapValues(map, (value) => seal(value, (plaintext) => vault.encryptFor(urn, plaintext))),
  );
  return { urn, custom, ...omitBy({ ...omit(state, ["urn", "custom"]), ...sealed }, isEmpty) };
}

/** The deployment as text. */
export function serializeDeployment({ resources, pendingOperations }: Snapshot, vault: Vault): string {
  const serialized = resources.map((resource) => serializeResource(resource, vault));
  const pending = pendingOperations.map(({ resource, type }) => ({
    resource: serializeResource(resource, vault),
    type,
  }));
  const magic = createHash("sha256").update(engineVersion).digest("hex");
  const deployment = {
    manifest: { time: new Date().toISOString(), magic, version: engineVersion },
    ...(vault.salt !== undefined && { secrets_providers: { type: "passphrase", state: { salt: vault.salt } } }),
    resources: serialized,
    ...(pending.length > 0 && { pending_operations: pending }),
    metadata: {},
  };
  return `${JSON.stringify({ version: 3, deployment })}\n`;
}

const resource = z.looseObject({ urn: z.string() });
const isAnother = { error: ({ input }: { input?: unknown }) => `is ${JSON.stringify(input)}` };
const deploymentSchema = z.object({
  version: z.literal(3, isAnother),
  deployment: z.object({
    secrets_providers: z
      .object({ type: z.literal("passphrase", isAnother), state: z.object({ salt: z.string() }) })
      .optional(),
    resources: z.array(resource).nullish(),
    pending_operations: z.array(z.object({ resource, type: z.enum(operationTypes) })).nullish(),
  }),
});

function parseResource(raw: z.infer<typeof resource>, vault: Vault): ResourceState {
  const parsed = stateSchema.safeParse(omitBy(omit(raw, unrecorded), isEmpty));
  if (!parsed.success) {
    const what = parsed.error.issues.map((issue) =>
      issue.code === "unrecognized_keys" ? issue.keys.join(", ") : issue.path.join("."),
    );
    throw new Error(
      `resource ${raw.urn} has ${what.join(", ")}, which the lab's engine does not support; use the Pulumi CLI`,
    );
  }
  const open = (value: PropertyValue): PropertyValue => unseal(value, (text) => vault.decryptFor(raw.urn, text));
  const { inputs, outputs } = parsed.data;
  return { ...parsed.data, inputs: mapValues(inputs, open), outputs: mapValues(outputs, open) };
}

/**
 * Reads a deployment.
 * @param configSalt the stack's own salt, used where the deployment names none.
 * @throws Error where it is not one, is of another version, or uses what the engine does not support.
 */
export function parseDeployment(text: string, configSalt: string | undefined): { snapshot: Snapshot; vault: Vault } {
  const content: unknown = JSON.parse(text);
  const parsed = deploymentSchema.safeParse(content);
  if (!parsed.success) {
    const what = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    const { features = [] } = content as { features?: string[] };
    throw new Error(
      `the lab's engine reads deployments as "pulumi stack export" writes them, of version 3 and with secrets by ` +
        `passphrase; this one's ${[...what, ...features.map((feature) => `feature ${feature}`)].join(", ")}`,
    );
  }
  const { secrets_providers: secrets, resources, pending_operations: pending } = parsed.data.deployment;
  const vault = new Vault(secrets?.state.salt ?? configSalt);
  const pendingOperations = (pending ?? []).map(({ resource: raw, type }) => ({
    resource: parseResource(raw, vault),
    type,
  }));
  const states = (resources ?? []).map((raw) => parseResource(raw, vault));
  return { snapshot: { resources: states, pendingOperations }, vault };
}
