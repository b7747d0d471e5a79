/**
 * The shapes a field of an upstream configuration type can have, as a small language for the tables beside this file.
 * `duration` is a Go duration ("2m0s"), `quantity` a Kubernetes quantity ("100Mi"), `any` a value that is not looked into.
 */
export type ScalarKind = "string" | "boolean" | "integer" | "number" | "duration" | "quantity" | "any";

/** A scalar, an object with known fields, a list, or a map with free keys. */
export type FieldType = ScalarKind | ObjectType | ListType | MapType;

export interface Field {
  type: FieldType;
  /** First minor release of Kubernetes 1.x with the field; absent = all that are rendered have it. */
  since?: number;
}

export type FieldTable = Readonly<Record<string, FieldType | Field>>;

export interface ObjectType {
  is: "object";
  fields: FieldTable;
}

export interface ListType {
  is: "list";
  items: FieldType;
}

export interface MapType {
  is: "map";
  values: FieldType;
}

/** An object with known fields. */
export function object(fields: FieldTable): ObjectType {
  return { is: "object", fields };
}

/** A list of `items`. */
export function list(items: FieldType): ListType {
  return { is: "list", items };
}

/** A map with free keys. */
export function map(values: FieldType): MapType {
  return { is: "map", values };
}

/** A field that came with minor release `minor`. */
export function since(minor: number, type: FieldType): Field {
  return { type, since: minor };
}

/** The table's entry in its long form. */
export function fieldOf(entry: FieldType | Field): Field {
  return typeof entry === "object" && "type" in entry ? entry : { type: entry };
}
