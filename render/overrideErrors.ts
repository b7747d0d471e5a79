import { kubernetesMinor } from "./kubernetesVersion";
import { nearest } from "./nearest";
import { isJsonObject, type JsonObject, type JsonValue } from "./types";
import { fieldOf, type FieldTable, type FieldType, type ObjectType, type ScalarKind } from "./upstream/fieldTypes";

/** What the overrides of one upstream configuration type may hold. */
export interface OverrideRules {
  /** Upstream's type name, for the messages. */
  typeName: string;
  fields: ObjectType;
  /** Path of a field the program owns -> "reason; what to do instead". A path also covers all fields below it. */
  protectedFields: Readonly<Record<string, string>>;
  /** Path of a field that upstream removed -> "when; what to do instead". */
  removedFields?: Readonly<Record<string, string>>;
}

/**
 * Everything wrong with `overrides`, one line each as "path: rule; fix". The kubelet and kube-proxy themselves let unknown
 * keys pass with a line in their log, so a slip would be a setting that never took effect.
 */
export function overrideErrors(overrides: JsonObject, kubernetesVersion: string, rules: OverrideRules): string[] {
  const walk: Walk = { rules, minor: kubernetesMinor(kubernetesVersion) };
  return objectErrors(overrides, rules.fields.fields, "", walk);
}

interface Walk {
  rules: OverrideRules;
  minor: number;
}

function objectErrors(value: JsonObject, fields: FieldTable, path: string, walk: Walk): string[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const keyPath = path === "" ? key : `${path}.${key}`;
    const owned = own(walk.rules.protectedFields, keyPath);
    if (owned !== undefined) {
      return [`${keyPath}: ${owned}`];
    }
    const entry = own(fields, key);
    if (entry === undefined) {
      return [unknownKey(key, keyPath, fields, walk)];
    }
    const { type, since } = fieldOf(entry);
    if (since !== undefined && walk.minor < since) {
      return [
        `${keyPath}: came with Kubernetes 1.${since}, this is 1.${walk.minor}; remove it or raise kubernetesVersion`,
      ];
    }
    return item === null ? removalErrors(keyPath, walk) : valueErrors(item, type, keyPath, walk);
  });
}

/** null removes what the program would write, so it fits every type; but not together with a field the program owns. */
function removalErrors(path: string, walk: Walk): string[] {
  const owned = Object.keys(walk.rules.protectedFields).find((item) => item.startsWith(`${path}.`));
  return owned === undefined
    ? []
    : [`${path}: is null, but ${owned} below it must stay; set single fields to null instead`];
}

/** The entry of that name, but nothing that every object inherits, such as "constructor". */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function unknownKey(key: string, path: string, fields: FieldTable, walk: Walk): string {
  const removed = own(walk.rules.removedFields ?? {}, path);
  if (removed !== undefined) {
    return `${path}: ${removed}`;
  }
  const suggestion = nearest(key, Object.keys(fields));
  const fix = suggestion === undefined ? "remove it" : `did you mean ${path.slice(0, -key.length)}${suggestion}?`;
  return `${path}: is no field of ${walk.rules.typeName}; ${fix}`;
}

function valueErrors(value: JsonValue, type: FieldType, path: string, walk: Walk): string[] {
  if (typeof type === "string") {
    return scalars[type].accepts(value)
      ? []
      : [`${path}: is ${shown(value)}, must be ${scalars[type].rule}; ${scalars[type].fix}`];
  }
  switch (type.is) {
    case "object":
      return isJsonObject(value)
        ? objectErrors(value, type.fields, path, walk)
        : [`${path}: is ${shown(value)}, must be an object; its fields are ${Object.keys(type.fields).join(", ")}`];
    case "map":
      return isJsonObject(value)
        ? Object.entries(value).flatMap(([key, item]) =>
            item === null ? [] : valueErrors(item, type.values, `${path}.${key}`, walk),
          )
        : [`${path}: is ${shown(value)}, must be an object; write its entries as key: value`];
    case "list":
      return Array.isArray(value)
        ? value.flatMap((item, index) => valueErrors(item, type.items, `${path}[${index}]`, walk))
        : [`${path}: is ${shown(value)}, must be a list; write [${shown(value)}] for one item`];
  }
}

function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

interface Scalar {
  accepts: (value: JsonValue) => boolean;
  rule: string;
  fix: string;
}

const durationPattern = /^-?(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/;
const quantityPattern = /^[+-]?\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

/** What the Go decoders accept: they convert nothing, a number in quotes is a string. */
const scalars: Record<ScalarKind, Scalar> = {
  string: { accepts: (value) => typeof value === "string", rule: "a string", fix: "put it in quotes" },
  boolean: { accepts: (value) => typeof value === "boolean", rule: "true or false", fix: "write it without quotes" },
  integer: { accepts: (value) => Number.isInteger(value), rule: "a whole number", fix: "write it without quotes" },
  number: { accepts: (value) => Number.isFinite(value), rule: "a number", fix: "write it without quotes" },
  duration: {
    accepts: (value) => typeof value === "string" && durationPattern.test(value),
    rule: "a duration",
    fix: 'write it with a unit, such as "30s" or "5m0s"',
  },
  quantity: {
    accepts: (value) => Number.isInteger(value) || (typeof value === "string" && quantityPattern.test(value)),
    rule: "a quantity",
    fix: 'write it as "100Mi" or "500m"',
  },
  any: { accepts: () => true, rule: "", fix: "" },
};
