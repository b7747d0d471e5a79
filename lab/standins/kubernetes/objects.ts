/** Kubernetes objects as plain values, and the form in which a state records them. */
import { mapValues } from "es-toolkit";
import { withoutNulls } from "../protocol/schemaCheck";
import {
  contains,
  containsUnknown,
  isPlainMap,
  isSecret,
  makeSecret,
  revealMap,
  type PropertyMap,
  type PropertyValue,
} from "../protocol/values";

/** Bookkeeping that the real provider keeps among the outputs, so that either plugin understands the other's state. */
export interface Bookkeeping {
  initialApiVersion: string;
  fieldManager: string;
}

/** Metadata that only the server writes. */
const readOnlyMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/** The object's metadata; empty when it has none. */
export function metadataOf(object: PropertyMap): PropertyMap {
  return isPlainMap(object.metadata) ? object.metadata : {};
}

/** A text field of the object's metadata; empty when it is absent. */
export function metadataText(object: PropertyMap, field: "name" | "namespace"): string {
  const value = metadataOf(object)[field];
  return typeof value === "string" ? value : "";
}

/** `value` without empty lists and maps: the API leaves them out, so that `[]` and absent are the same. */
function withoutEmpty(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isPlainMap(value)) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, withoutEmpty(part)] as const);
  return Object.fromEntries(parts.filter(([, part]) => !isEmpty(part)));
}

function isEmpty(value: PropertyValue): boolean {
  return Array.isArray(value) ? value.length === 0 : isPlainMap(value) && Object.keys(value).length === 0;
}

/**
 * Inputs in the form the server would give them: a Secret's `stringData` becomes base64 in `data`. While something is
 * unknown, they stay as they are. Source: normalizeInputs in pulumi-kubernetes provider.go.
 */
export function normalizeInputs(object: PropertyMap): PropertyMap {
  const metadata = Object.entries(metadataOf(object)).filter(([name]) => !readOnlyMetadata.includes(name));
  const writable: PropertyMap = { ...object, metadata: Object.fromEntries(metadata) };
  if (containsUnknown(writable)) return writable;
  const { stringData, ...rest } = withoutEmpty(withoutNulls(writable)) as PropertyMap;
  if (!isPlainMap(stringData)) return rest;
  const encoded = Object.entries(stringData).map(([key, value]) => {
    return [key, typeof value === "string" ? Buffer.from(value).toString("base64") : value] as const;
  });
  return { ...rest, data: { ...(isPlainMap(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
}

/** `live` reduced to the shape of `inputs`, so that what the server adds is no difference. */
export function pruneLive(live: PropertyMap, inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(live)
      .filter(([name]) => name in inputs)
      .map(([name, value]) => [name, prune(value, inputs[name] ?? null)]),
  );
}

function prune(live: PropertyValue, input: PropertyValue): PropertyValue {
  if (isPlainMap(live) && isPlainMap(input)) return pruneLive(live, input);
  if (Array.isArray(live) && Array.isArray(input)) {
    return live.slice(0, input.length).map((element, index) => prune(element, input[index] ?? null));
  }
  return live;
}

/** `value` with the secret marks of `input`; of a list with one secret in it the whole is secret, since order may change. */
function markLike(value: PropertyValue, input: PropertyValue): PropertyValue {
  if (isPlainMap(value) && isPlainMap(input))
    return mapValues(value, (part, key) => markLike(part, input[key] ?? null));
  return contains(input, isSecret) ? makeSecret(value) : value;
}

/** `object` with the secretness of `inputs`; a Secret's data is always secret. */
export function withSecrets(object: PropertyMap, inputs: PropertyMap): PropertyMap {
  return mapValues(object, (value, key) => {
    if (object.kind === "Secret" && (key === "data" || key === "stringData")) return makeSecret(value);
    return markLike(value, inputs[key] ?? null);
  });
}

/** What the state records: the live object, and the inputs it came from for later diffs. */
export function checkpoint(inputs: PropertyMap, live: PropertyMap, keep: Bookkeeping): PropertyMap {
  return {
    ...withSecrets(live, inputs),
    __inputs: withSecrets(revealMap(inputs), inputs),
    __initialApiVersion: keep.initialApiVersion,
    __fieldManager: keep.fieldManager,
  };
}

/** Takes a recorded state apart; secrets lose their marks. */
export function parseCheckpoint(state: PropertyMap): { inputs: PropertyMap; live: PropertyMap } & Bookkeeping {
  const { __inputs, __initialApiVersion, __fieldManager, ...live } = revealMap(state);
  return {
    inputs: isPlainMap(__inputs) ? __inputs : {},
    live,
    initialApiVersion: typeof __initialApiVersion === "string" ? __initialApiVersion : "",
    fieldManager: typeof __fieldManager === "string" ? __fieldManager : "",
  };
}
