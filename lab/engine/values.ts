/**
 * Property values as they travel between the program, the providers and the checkpoint: JSON, in which an object with
 * the key `signature` stands for something JSON has no word for. Source: pulumi/pulumi sdk/go/common/resource/sig.
 */
import { mapValues } from "es-toolkit";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isDeepStrictEqual } from "node:util";

export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;
export interface PropertyMap {
  [key: string]: PropertyValue;
}

export const signature = "4dabf18193072939515e22adb298388d";
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const assetSignatures = ["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"];

/** What a value not known in a preview looks like. The SDK for Node.js uses this one for every type. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The other spellings, by the type the value will have; providers written in Go may answer with them. */
const typedUnknowns = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Whether the value is a JSON object, of its own right or with a signature. */
export const isMap = (value: unknown): value is PropertyMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether the value is an object without a signature: properties one may look into. */
export const isPlainMap = (value: PropertyValue | undefined): value is PropertyMap =>
  isMap(value) && !(signature in value);

export const isSecret = (value: PropertyValue | undefined): value is PropertyMap =>
  isMap(value) && value[signature] === secretSignature;

/** Marks a value as secret; a secret stays what it is. */
export const makeSecret = (value: PropertyValue): PropertyMap =>
  isSecret(value) ? value : { [signature]: secretSignature, value };

/** The value under any secret marks at its top. */
export const revealTop = (value: PropertyValue): PropertyValue =>
  isSecret(value) ? revealTop(value.value ?? null) : value;

/** The value with each of its parts replaced. */
export function mapParts(value: PropertyValue, change: (part: PropertyValue) => PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(change);
  return isMap(value) ? mapValues(value, change) : value;
}

/** The value without secret marks at any depth. */
export const reveal = (value: PropertyValue): PropertyValue => mapParts(revealTop(value), reveal);
export const revealMap = (map: PropertyMap): PropertyMap => mapValues(map, reveal);

const contains = (value: PropertyValue, matches: (part: PropertyValue) => boolean): boolean =>
  matches(value) ||
  (typeof value === "object" && Object.values(value ?? {}).some((part: PropertyValue) => contains(part, matches)));

export const containsUnknown = (value: PropertyValue): boolean => contains(value, (part) => part === unknownValue);
export const containsSecret = (value: PropertyValue): boolean => contains(value, isSecret);
export const containsAsset = (value: PropertyValue): boolean =>
  contains(value, (part) => isMap(part) && assetSignatures.some((asset) => part[signature] === asset));

/** Equality as the engine means it: a secret differs from the same value in clear. */
export const equal: (left: unknown, right: unknown) => boolean = isDeepStrictEqual;

/**
 * Copies secret marks from inputs to the outputs of the same name, for providers that cannot carry the marks
 * themselves. Objects are entered; of an array with one secret in it the whole is secret, since order may change.
 */
export function annotateSecrets(outputs: PropertyMap, inputs: PropertyMap): void {
  for (const [key, input] of Object.entries(inputs)) {
    const output = outputs[key];
    if (isPlainMap(output) && isPlainMap(input)) annotateSecrets(output, input);
    else if (output !== undefined && containsSecret(input)) outputs[key] = makeSecret(output);
  }
}

/**
 * Reads a value off the wire; output values become the value, secret or unknown they stand for. What they depend on the
 * SDK says beside the properties as well.
 */
function parseValue(raw: PropertyValue): PropertyValue {
  if (typeof raw === "string") return typedUnknowns.has(raw) ? unknownValue : raw;
  if (!isMap(raw) || raw[signature] !== outputSignature) return mapParts(raw, parseValue);
  const inner = raw.value === undefined ? unknownValue : parseValue(raw.value);
  return raw.secret === true ? makeSecret(inner) : inner;
}

/** Reads a bag of properties. */
export const fromWire = (struct: Struct | undefined): PropertyMap =>
  mapValues(struct?.toJavaScript() ?? {}, parseValue);

/** What the receiver of a bag of properties understands; what it does not is replaced by its plain equivalent. */
export interface WireOptions {
  secrets: boolean;
  resources: boolean;
}

/** Writes a bag of properties, by default for a receiver that understands everything. */
export function toWire(map: PropertyMap, accepts: WireOptions = { secrets: true, resources: true }): Struct {
  const write = (value: PropertyValue): PropertyValue => {
    if (!accepts.secrets && isSecret(value)) return write(revealTop(value));
    if (!accepts.resources && isMap(value) && value[signature] === resourceSignature) {
      return "id" in value ? value.id || unknownValue : (value.urn ?? null);
    }
    return mapParts(value, write);
  };
  return Struct.fromJavaScript(mapValues(map, write));
}
