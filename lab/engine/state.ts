/** The state of one resource, as the engine holds it and the checkpoint records it. */
import type { PropertyMap } from "./values";

/** Seconds; 0 or absent leaves the time to the provider. */
export interface CustomTimeouts {
  create?: number;
  update?: number;
  delete?: number;
  read?: number;
}

/** Field names are those of Pulumi's deployment format (ResourceV3 in sdk/go/common/apitype). */
export interface ResourceState {
  urn: string;
  custom: boolean;
  /** Replaced already, its deletion is still to come. */
  delete: boolean;
  id: string;
  type: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  parent: string;
  protect: boolean;
  /** Read, not owned: never updated or deleted. */
  external: boolean;
  dependencies: string[];
  initErrors: string[];
  /** `URN::ID` of the provider; empty for components and providers. */
  provider: string;
  propertyDependencies: Record<string, string[]>;
  /** Deleted to be replaced, its successor is still to come. */
  pendingReplacement: boolean;
  additionalSecretOutputs: string[];
  /** Former URN of this run, so that resources not yet registered can be rewritten; never recorded. */
  aliases: string[];
  customTimeouts: CustomTimeouts;
  retainOnDelete: boolean;
  deletedWith: string;
  created: string;
  modified: string;
  ignoreChanges: string[];
  replaceOnChanges: string[];
}

/** A state with nothing in it but the fields given. */
export function newState(
  fields: Partial<ResourceState> & Pick<ResourceState, "urn" | "type" | "custom">,
): ResourceState {
  return {
    delete: false,
    id: "",
    inputs: {},
    outputs: {},
    parent: "",
    protect: false,
    external: false,
    dependencies: [],
    initErrors: [],
    provider: "",
    propertyDependencies: {},
    pendingReplacement: false,
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: {},
    retainOnDelete: false,
    deletedWith: "",
    created: "",
    modified: "",
    ignoreChanges: [],
    replaceOnChanges: [],
    ...fields,
  };
}

/** URNs a resource depends on other than its parent and provider. */
export function dependenciesOf(state: ResourceState): string[] {
  const byProperty = Object.values(state.propertyDependencies).flat();
  return [...state.dependencies, ...byProperty, ...(state.deletedWith === "" ? [] : [state.deletedWith])];
}

/** An operation that was running when the checkpoint was last written. */
export interface PendingOperation {
  resource: ResourceState;
  type: "creating" | "updating" | "deleting" | "reading";
}

/** Everything known of a stack after a run, resources after those they depend on. */
export interface Snapshot {
  resources: ResourceState[];
  pendingOperations: PendingOperation[];
}
