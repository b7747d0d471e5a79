/** The state of one resource, as the engine holds it and the checkpoint records it. */
import { z } from "zod";
import { isMap, type PropertyMap } from "./values";

const text = z.string().default("");
const flag = z.boolean().default(false);
const list = z
  .array(z.string())
  .nullish()
  .transform((items) => items ?? []);
const properties = z.custom<PropertyMap>(isMap).default({});

/** Names and meaning are those of Pulumi's deployment format (ResourceV3 in sdk/go/common/apitype). */
export const stateSchema = z.strictObject({
  urn: z.string(),
  type: z.string(),
  custom: flag,
  /** Replaced already, its deletion is still to come. */
  delete: flag,
  id: text,
  inputs: properties,
  outputs: properties,
  parent: text,
  protect: flag,
  /** Read, not owned: never updated or deleted. */
  external: flag,
  dependencies: list,
  /** Why the resource, though there, is not in order. */
  initErrors: list,
  /** `URN::ID`; empty for components and providers. */
  provider: text,
  propertyDependencies: z.record(z.string(), list).default({}),
  /** Deleted to be replaced, its successor is still to come. */
  pendingReplacement: flag,
  additionalSecretOutputs: list,
  retainOnDelete: flag,
  deletedWith: text,
  /** When, in ISO 8601. */
  created: text,
  modified: text,
  ignoreChanges: list,
  replaceOnChanges: list,
});

export type ResourceState = z.infer<typeof stateSchema>;

/** A state with nothing in it but the fields given. */
export const newState = (fields: z.input<typeof stateSchema>): ResourceState => stateSchema.parse(fields);

/** URNs a resource depends on other than its parent and provider. */
export const dependenciesOf = ({ dependencies, propertyDependencies, deletedWith }: ResourceState): string[] => [
  ...new Set([...dependencies, ...Object.values(propertyDependencies).flat(), ...(deletedWith ? [deletedWith] : [])]),
];

/** An operation that was running when the checkpoint was last written. */
export interface PendingOperation {
  resource: ResourceState;
  type: (typeof operationTypes)[number];
}
export const operationTypes = ["creating", "updating", "deleting", "reading"] as const;

/** Everything known of a stack after a run, resources after those they depend on. */
export interface Snapshot {
  resources: ResourceState[];
  pendingOperations: PendingOperation[];
}
