import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** A value known to be secret: sent to the engine as Pulumi's secret envelope, hidden and encrypted there. */
export class Secret {
  constructor(readonly value: PropertyValue) {}
}

/** A value not known yet (previews only). There is one instance: {@link unknown}. */
export class Unknown {
  readonly unknown = true;
}

/** The unknown value. */
export const unknown = new Unknown();

/** A resource's properties by name. */
export interface PropertyMap {
  [name: string]: PropertyValue;
}

/** A property as Pulumi's protocol carries it; assets and resource references stay the tagged objects they arrive as. */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap | Secret | Unknown;

/** Source: pulumi/pulumi sdk/go/common/resource/sig and plugin/rpc.go. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownSentinels = new Set([
  unknownString,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Whether `value` is a plain object (not an array, a secret or the unknown value). */
export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown)
  );
}

function decode(value: JavaScriptValue): PropertyValue {
  if (typeof value === "string") return unknownSentinels.has(value) ? unknown : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  const map = decodeMap(value as { [name: string]: JavaScriptValue });
  if (map[signatureKey] === secretSignature) return new Secret(map.value ?? null);
  if (map[signatureKey] === outputSignature) {
    const inner = map.value === undefined ? unknown : map.value;
    return map.secret === true ? new Secret(inner) : inner;
  }
  return map;
}

function decodeMap(value: { [name: string]: JavaScriptValue }): PropertyMap {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, decode(inner)]));
}

function encode(value: PropertyValue, keepSecrets: boolean): JavaScriptValue {
  if (value instanceof Unknown) return unknownString;
  if (value instanceof Secret) {
    const inner = encode(value.value, keepSecrets);
    return keepSecrets ? { [signatureKey]: secretSignature, value: inner } : inner;
  }
  if (Array.isArray(value)) return value.map((element) => encode(element, keepSecrets));
  return isMap(value) ? encodeMap(value, keepSecrets) : value;
}

function encodeMap(map: PropertyMap, keepSecrets: boolean): { [name: string]: JavaScriptValue } {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, encode(value, keepSecrets)]));
}

/** The properties in a protocol message; none when the message has no struct. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct === undefined ? {} : decodeMap(struct.toJavaScript());
}

/** Properties as a protocol message; secrets lose their envelope unless `keepSecrets`. */
export function toStruct(map: PropertyMap, keepSecrets = true): Struct {
  return Struct.fromJavaScript(encodeMap(map, keepSecrets));
}

/** `value` with every secret envelope taken off, at any depth. */
export function withoutSecrets(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return withoutSecrets(value.value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return isMap(value) ? plainMap(value) : value;
}

/** {@link withoutSecrets} for a whole map. */
export function plainMap(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, withoutSecrets(value)]));
}

/** Whether any part of `value` satisfies `test`, secrets' contents included. */
function some(value: PropertyValue, test: (part: PropertyValue) => boolean): boolean {
  if (test(value)) return true;
  if (value instanceof Secret) return some(value.value, test);
  if (Array.isArray(value)) return value.some((element) => some(element, test));
  return isMap(value) && Object.values(value).some((inner) => some(inner, test));
}

/** Whether any part of `value` is not known yet. */
export function hasUnknowns(value: PropertyValue): boolean {
  return some(value, (part) => part instanceof Unknown);
}

/** Whether any part of `value` is secret. */
export function hasSecrets(value: PropertyValue): boolean {
  return some(value, (part) => part instanceof Secret);
}
