import { layered } from "../base/layers";
import { fieldsOf, listOf, valueAt, type Path } from "../base/rules/finding";
import { host, ofAll, pool } from "./hostSchema";

/** Something that is said of a host, and where it stands. */
interface Layer {
  path: Path;
  fields: Record<string, unknown>;
}

/** Hosts that are made alike, or one that is not; everything as it is written, right or wrong. */
export interface Scope {
  /** Undefined for the hosts that are in no pool. */
  pool?: string;
  /** From the widest to the narrowest: the stack, the pool, the host. */
  layers: Layer[];
  /** All that is said, by the precedence of base/layers.ts. */
  said: Record<string, unknown>;
}

/** A host, with all that is said of it. */
export interface HostScope extends Scope {
  path: Path;
  /** True where something is said of this host alone that decides how its node is made. */
  isOwn: boolean;
}

/** A pool with its hosts. */
export interface PoolScope extends Scope {
  hosts: HostScope[];
}

const widest = Object.keys(ofAll);
const ofPool = Object.keys(pool.shape).filter((key) => key in host.shape);
/** What decides how a node is made; the rest of a host is which machine it is, and how it is reached and marked. */
export const nodeKeys = widest.filter((key) => !key.startsWith("ssh"));

/** The pools of a configuration: first the hosts that are in none, then the named ones. */
export function poolScopes(raw: Record<string, unknown>): PoolScope[] {
  const stack: Layer = { path: [], fields: picked(raw, widest) };
  const flat = poolScope(undefined, [stack], ["hosts"], raw["hosts"]);
  const named = Object.entries(fieldsOf(raw["pools"])).map(([name, value]) => {
    const path = ["pools", name];
    const fields = fieldsOf(value);
    return poolScope(name, [stack, { path, fields: picked(fields, ofPool) }], [...path, "hosts"], fields["hosts"]);
  });
  return [flat, ...named];
}

function poolScope(name: string | undefined, layers: Layer[], path: Path, hosts: unknown): PoolScope {
  const pool = { pool: name, layers, said: layered(...layers.map(({ fields }) => fields)) };
  return { ...pool, hosts: listOf(hosts).map((value, index) => hostScope(pool, [...path, index], value)) };
}

function hostScope({ pool, layers }: Scope, path: Path, value: unknown): HostScope {
  const fields = fieldsOf(value);
  const all = [...layers, { path, fields }];
  const { port, user } = fields;
  // A host's own names for what is "ssh..." elsewhere.
  const reached = { sshPort: port, sshUser: user };
  const said = layered(...all.map((layer) => layer.fields), reached);
  return { pool, layers: all, said, path, isOwn: nodeKeys.some((key) => fields[key] !== undefined) };
}

/** Where a value of a scope stands: in the narrowest layer that says it, or the key that it would be below. */
export function placeOf({ layers }: Scope, path: Path): Path {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const layer = layers.findLast(({ fields }) => valueAt(fields, part) !== undefined);
    if (layer !== undefined) return [...layer.path, ...path];
  }
  return path;
}

function picked(fields: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(fields, key)).map((key) => [key, fields[key]]));
}
