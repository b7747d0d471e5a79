import type { Fault } from "../base/fault";
import { pathText, type Finding, type Path } from "../base/rules/finding";
import type { ContentRules, RelationRule } from "./contentRules";
import { kubernetesMinor } from "./kubernetesVersion";
import { nearest } from "../base/nearest";
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
  /** What values of the right type have to be. */
  contents?: ContentRules;
  /** What holds between fields. */
  relations?: readonly RelationRule[];
}

/**
 * Everything wrong with `overrides`. The kubelet and kube-proxy themselves let unknown keys pass with a line in their log, so a
 * slip would be a setting that never took effect. No fault repeats a value: it may be secret.
 */
export function overrideFindings(overrides: JsonObject, kubernetesVersion: string, rules: OverrideRules): Finding[] {
  const walk: Walk = { rules, minor: kubernetesMinor(kubernetesVersion) };
  const single = objectErrors(overrides, rules.fields.fields, [], walk);
  // A relation to a value that is wrong by itself would be said twice.
  const wrong = new Set(single.map(({ path }) => pathText(path)));
  const relations = (rules.relations ?? []).flatMap((relation) => relation(overrides));
  return [...single, ...relations.filter(({ path }) => !wrong.has(pathText(path)))];
}

/** Findings one line each, as "path: rule; fix". */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.map(({ path, fault }) => `${pathText(path)}: ${fault}`);
}

interface Walk {
  rules: OverrideRules;
  minor: number;
}

/** The path as the tables of rules write it. */
function ruleName(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}

/** A finding about the key itself, whose value would only be in the way. */
function ofKey(path: Path, fault: Fault): Finding[] {
  return [{ path, fault, hidden: true }];
}

function objectErrors(value: JsonObject, fields: FieldTable, path: Path, walk: Walk): Finding[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const keyPath = [...path, key];
    if (item === undefined) return [];
    const owned = own(walk.rules.protectedFields, ruleName(keyPath));
    if (owned !== undefined) {
      return ofKey(keyPath, owned);
    }
    const entry = own(fields, key);
    if (entry === undefined) {
      return ofKey(keyPath, unknownKey(key, keyPath, fields, walk));
    }
    const { type, since } = fieldOf(entry);
    if (since !== undefined && walk.minor < since) {
      return ofKey(
        keyPath,
        `came with Kubernetes 1.${since}, this is 1.${walk.minor}; remove it or raise kubernetesVersion`,
      );
    }
    return item === null ? removalErrors(keyPath, walk) : valueErrors(item, type, keyPath, ruleName(keyPath), walk);
  });
}

/** null removes what the program would write, so it fits every type; but not together with a field the program owns. */
function removalErrors(path: Path, walk: Walk): Finding[] {
  const owned = Object.keys(walk.rules.protectedFields).find((item) => item.startsWith(`${ruleName(path)}.`));
  return owned === undefined
    ? []
    : ofKey(path, `is null, but ${owned} below it must stay; set single fields to null instead`);
}

/** The entry of that name, but nothing that every object inherits, such as "constructor". */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function unknownKey(key: string, path: Path, fields: FieldTable, walk: Walk): Fault {
  const removed = own(walk.rules.removedFields ?? {}, ruleName(path));
  if (removed !== undefined) {
    return removed;
  }
  const suggestion = nearest(key, Object.keys(fields));
  const fix = suggestion === undefined ? "remove it" : `did you mean ${pathText([...path.slice(0, -1), suggestion])}?`;
  return `is no field of ${walk.rules.typeName}; ${fix}`;
}

/** @param name the path as the tables of rules write it, "*" for a map's key */
function valueErrors(value: JsonValue, type: FieldType, path: Path, name: string, walk: Walk): Finding[] {
  if (typeof type === "string") {
    const { accepts, rule, fix } = scalars[type];
    const fault = accepts(value)
      ? own(walk.rules.contents ?? {}, name)?.(value, String(path.at(-1)))
      : `must be ${rule}; ${fix}`;
    return fault === undefined ? [] : [{ path, fault }];
  }
  switch (type.is) {
    case "object":
      return isJsonObject(value)
        ? objectErrors(value, type.fields, path, walk)
        : [{ path, fault: `must be an object; its fields are ${Object.keys(type.fields).join(", ")}` }];
    case "map":
      return isJsonObject(value)
        ? Object.entries(value).flatMap(([key, item]) =>
            item === null ? [] : valueErrors(item, type.values, [...path, key], `${name}.*`, walk),
          )
        : [{ path, fault: "must be an object; write its entries as key: value" }];
    case "list":
      return Array.isArray(value)
        ? value.flatMap((item, index) => valueErrors(item, type.items, [...path, index], `${name}[]`, walk))
        : [{ path, fault: "must be a list; put one item in brackets too" }];
  }
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
