import type { Change } from "./changes";
import type { Log } from "./engineLog";
import type { PropertyMap } from "./values";

/** A call that may take time; what a kind of call does not have is empty. */
export interface Call {
  urn: string;
  /** The resource's name in the program. */
  name: string;
  id: string;
  /** Recorded outputs of a resource that is there. */
  state: PropertyMap;
  /** Inputs: new ones, or on a read the recorded ones. */
  inputs: PropertyMap;
  preview: boolean;
  log: Log;
  /** Aborted when the engine asks the plugin to cancel. */
  signal: AbortSignal;
}

/** A resource that is there; with an empty id one that is gone. `inputs` come from a read. */
export interface Resource {
  id: string;
  outputs: PropertyMap;
  inputs?: PropertyMap;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

/** Inputs with what the provider fills in, and what is wrong with them. */
export interface CheckResult {
  inputs: PropertyMap;
  failures: CheckFailure[];
}

/** What would change: nothing where `changed` and `details` are empty. */
export interface Diff {
  /** Names of properties. */
  changed: string[];
  /** Those of them, or paths below them, that cannot be changed in place. */
  replaces: string[];
  details?: Change[];
  deleteBeforeReplace?: boolean;
}

/** One resource type. Errors thrown reach the user as they are, so they carry no secrets. */
export interface ResourceHandler {
  check(news: PropertyMap): CheckResult;
  diff(state: PropertyMap, news: PropertyMap, ignoreChanges: string[]): Diff;
  create(call: Call): Promise<Resource>;
  /** Absent: the recorded state is what there is. */
  read?(call: Call): Promise<Resource>;
  update(call: Call): Promise<PropertyMap>;
  /** Absent: nothing to do. */
  delete?(call: Call): Promise<void>;
}

/** A provider plugin: exactly the listed resource types and no others. */
export interface StandIn {
  /** Pulumi package name, such as `command`. */
  readonly name: string;
  /** What the real provider answers: false makes the engine send plain values and mark outputs by same-named inputs. */
  readonly acceptSecrets: boolean;
  readonly resources: Readonly<Record<string, ResourceHandler>>;
  readonly checkConfig?: (news: PropertyMap) => CheckFailure[];
  /** Absent: the engine compares. */
  readonly diffConfig?: (olds: PropertyMap, news: PropertyMap) => Diff;
  configure?(config: PropertyMap): void;
}
