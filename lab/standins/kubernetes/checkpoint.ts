import { hasSecrets, isMap, plainMap, Secret, type PropertyMap, type PropertyValue } from "../protocol/propertyValue";

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
  return isMap(object.metadata) ? object.metadata : {};
}

/** A text field of the object's metadata; empty when it is absent or not known. */
export function metadataText(object: PropertyMap, field: "name" | "namespace"): string {
  const value = metadataOf(object)[field];
  return typeof value === "string" ? value : "";
}

/** `object` with `changes` in its metadata; a change to undefined takes the field away. */
export function withMetadata(object: PropertyMap, changes: Record<string, PropertyValue | undefined>): PropertyMap {
  const kept = Object.entries(metadataOf(object)).filter(([name]) => !(name in changes));
  const added = Object.entries(changes).filter((entry): entry is [string, PropertyValue] => entry[1] !== undefined);
  return { ...object, metadata: Object.fromEntries([...kept, ...added]) };
}

/** `object` without what only the server writes. */
export function withoutReadOnlyMetadata(object: PropertyMap): PropertyMap {
  return withMetadata(object, Object.fromEntries(readOnlyMetadata.map((name) => [name, undefined])));
}

/** `value` without empty lists and maps: the API leaves them out, so that `[]` and absent are the same. */
function withoutEmpty(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isMap(value)) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, withoutEmpty(part)] as const);
  return Object.fromEntries(parts.filter(([, part]) => !isEmpty(part)));
}

function isEmpty(value: PropertyValue): boolean {
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
}

/** Inputs in the form the server would give them: a Secret's `stringData` becomes base64 in `data`. */
export function normalizeInputs(object: PropertyMap): PropertyMap {
  const writable = withoutReadOnlyMetadata(object);
  if (object.kind !== "Secret") return { metadata: {}, ...(withoutEmpty(writable) as PropertyMap) };
  const { stringData, ...rest } = writable;
  if (!isMap(stringData)) return rest;
  const encoded = Object.entries(stringData).map(([key, value]) => {
    return [key, typeof value === "string" ? Buffer.from(value).toString("base64") : value] as const;
  });
  return { ...rest, data: { ...(isMap(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
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
  if (isMap(live) && isMap(input)) return pruneLive(live, input);
  if (Array.isArray(live) && Array.isArray(input)) {
    return live.slice(0, input.length).map((element, index) => prune(element, input[index] ?? null));
  }
  return live;
}

/** `outputs` with the secretness of `inputs`; a Secret object's data is always secret. */
export function annotateSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  const secret = (name: string): boolean =>
    outputs.kind === "Secret" ? name === "data" || name === "stringData" : hasSecrets(inputs[name] ?? null);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const input = inputs[name];
      if (outputs.kind !== "Secret" && isMap(value) && isMap(input)) return [name, annotateSecrets(value, input)];
      return [name, secret(name) && !(value instanceof Secret) ? new Secret(value) : value];
    }),
  );
}

/** What the state records: the live object, and the inputs it came from for later diffs. */
export function checkpoint(inputs: PropertyMap, live: PropertyMap, keep: Bookkeeping): PropertyMap {
  const plain = plainMap(inputs);
  return {
    ...annotateSecrets(withMetadata(live, { managedFields: undefined }), inputs),
    __inputs: annotateSecrets(plain, inputs),
    __initialApiVersion: keep.initialApiVersion,
    __fieldManager: keep.fieldManager,
  };
}

/** Takes a recorded state apart; secrets lose their envelopes. */
export function parseCheckpoint(state: PropertyMap): { inputs: PropertyMap; live: PropertyMap } & Bookkeeping {
  const { __inputs, __initialApiVersion, __fieldManager, ...live } = plainMap(state);
  return {
    inputs: isMap(__inputs) ? __inputs : {},
    live,
    initialApiVersion: typeof __initialApiVersion === "string" ? __initialApiVersion : "",
    fieldManager: typeof __fieldManager === "string" ? __fieldManager : "",
  };
}
