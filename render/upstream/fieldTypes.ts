import type { KubernetesChange } from "../../base/kubernetesChanges";
import type { JsonValue } from "../types";

/**
 * The shapes a field of an upstream configuration type can have, as a small language for the tables beside this file.
 * `duration` is a Go duration ("2m0s"), `quantity` a Kubernetes quantity ("100Mi"), `any` a value that is not looked into.
 */
export type ScalarKind = "string" | "boolean" | "integer" | "number" | "duration" | "quantity" | "any";

/** A scalar, an object with known fields, a list, or a map with free keys. */
export type FieldType =
  ScalarKind | ObjectType<FieldTable> | { is: "list"; items: FieldType } | { is: "map"; values: FieldType };

export interface Field<Type extends FieldType = FieldType> {
  type: Type;
  /** First minor release of Kubernetes 1.x with the field; absent = all that are rendered have it. */
  since?: number;
}

export type FieldTable = Readonly<Record<string, FieldType | Field>>;

export interface ObjectType<Fields extends FieldTable = FieldTable> {
  is: "object";
  fields: Fields;
}

export interface ListType<Items extends FieldType = FieldType> {
  is: "list";
  items: Items;
}

export interface MapType<Values extends FieldType = FieldType> {
  is: "map";
  values: Values;
}

/** An object with known fields. */
export function object<const Fields extends FieldTable>(fields: Fields): ObjectType<Fields> {
  return { is: "object", fields };
}

/** A list of `items`. */
export function list<const Items extends FieldType>(items: Items): ListType<Items> {
  return { is: "list", items };
}

/** A map with free keys. */
export function map<const Values extends FieldType>(values: Values): MapType<Values> {
  return { is: "map", values };
}

/** A field that came with a change. */
export function since<const Type extends FieldType>(change: KubernetesChange, type: Type): Field<Type> {
  return { type, since: change.since };
}

/** The table's entry in its long form. */
export function fieldOf(entry: FieldType | Field): Field {
  return typeof entry === "object" && "type" in entry ? entry : { type: entry };
}

/** What a value of a type is in TypeScript, so that an editor knows upstream's fields by the same table as the rules do. */
export type ValueOf<Type> =
  Type extends Field<infer Inner>
    ? ValueOf<Inner>
    : Type extends ObjectType<infer Fields>
      ? { [K in keyof Fields]?: ValueOf<Fields[K]> | null }
      : Type extends ListType<infer Items>
        ? ValueOf<Items>[]
        : Type extends MapType<infer Values>
          ? Record<string, ValueOf<Values> | null>
          : Type extends ScalarKind
            ? ScalarValues[Type]
            : never;

interface ScalarValues {
  string: string;
  boolean: boolean;
  integer: number;
  number: number;
  duration: string;
  quantity: string | number;
  any: JsonValue;
}
