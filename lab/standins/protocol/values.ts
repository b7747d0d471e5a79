/**
 * Property values as they travel between engine and plugin: JSON, in which an object with the key `signature` stands
 * for something JSON has no word for, such as a secret. Source: pulumi/pulumi sdk/go/common/resource/sig.
 */
import { mapValues } from "es-toolkit";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;
export interface PropertyMap {
  [key: string]: PropertyValue;
}

/** Key of the objects that are no maps. */
export const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What a value not known in a preview looks like: the spelling for text, which providers use for every type. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isMap = (value: PropertyValue | undefined): value is PropertyMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether the value is an object without a signature: properties one may look into. */
export const isPlainMap = (value: PropertyValue | undefined): value is PropertyMap =>
  isMap(value) && !(signature in value);

export const isSecret = (value: PropertyValue | undefined): value is PropertyMap =>
  isMap(value) && value[signature] === secretSignature;

/** Marks a value as secret; a secret stays what it is. */
export const makeSecret = (value: PropertyValue): PropertyMap =>
  isSecret(value) ? value : { [signature]: secretSignature, value };

/** The value without secret marks at any depth. */
export function reveal(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(reveal);
  if (isSecret(value)) return reveal(value.value ?? null);
  return isMap(value) ? revealMap(value) : value;
}
export const revealMap = (map: PropertyMap): PropertyMap => mapValues(map, reveal);

/** Whether the value or anything in it matches. */
export const contains = (value: PropertyValue, matches: (part: PropertyValue) => boolean): boolean =>
  matches(value) ||
  (typeof value === "object" && Object.values(value ?? {}).some((part: PropertyValue) => contains(part, matches)));

export const containsUnknown = (value: PropertyValue): boolean => contains(value, (part) => part === unknownValue);

/** Reads a bag of properties; written they are by `Struct.fromJavaScript`. */
export const fromWire = (struct: Struct | undefined): PropertyMap => struct?.toJavaScript() ?? {};
