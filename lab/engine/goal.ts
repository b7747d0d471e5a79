/** What the program asks of the engine for one resource. */
import type { CustomTimeouts } from "./state";
import type { PropertyMap } from "./values";

/** A former identity of a resource; absent parts are those of the resource itself. */
export interface Alias {
  urn: string;
  name: string;
  type: string;
  stack: string;
  project: string;
  /** URN of the former parent. */
  parent: string;
  noParent: boolean;
}

export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  parent: string;
  properties: PropertyMap;
  protect?: boolean | undefined;
  dependencies: string[];
  /** `URN::ID`; empty for components and providers. */
  provider: string;
  propertyDependencies: Record<string, string[]>;
  deleteBeforeReplace?: boolean | undefined;
  ignoreChanges: string[];
  additionalSecretOutputs: string[];
  aliases: Alias[];
  customTimeouts: CustomTimeouts;
  replaceOnChanges: string[];
  retainOnDelete?: boolean | undefined;
  deletedWith: string;
}

/** A goal with nothing in it but the fields given. */
export function newGoal(fields: Partial<Goal> & Pick<Goal, "type" | "name" | "custom">): Goal {
  return {
    parent: "",
    properties: {},
    dependencies: [],
    provider: "",
    propertyDependencies: {},
    ignoreChanges: [],
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: {},
    replaceOnChanges: [],
    deletedWith: "",
    ...fields,
  };
}
