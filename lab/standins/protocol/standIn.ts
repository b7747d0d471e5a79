import { bareDiff, type DiffResult } from "../../engine/propertyDiff";
import type { CheckFailure, CheckResult } from "../../engine/providerAnswers";
import type { PropertyMap } from "../../engine/values";
import type { EngineLog } from "./engineLog";

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
  log: EngineLog;
  /** Aborted when the engine asks the plugin to cancel. */
  signal: AbortSignal;
}

/** A resource that is there; with an empty id one that is gone. `inputs` come from a read. */
export interface Resource {
  id: string;
  outputs: PropertyMap;
  inputs?: PropertyMap;
}

/** One resource type. Errors thrown reach the user as they are, so they carry no secrets. */
export interface ResourceHandler {
  check(news: PropertyMap): CheckResult;
  diff(state: PropertyMap, news: PropertyMap, ignoreChanges: string[]): DiffResult;
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
  readonly diffConfig?: (olds: PropertyMap, news: PropertyMap) => DiffResult;
  configure?(config: PropertyMap): void;
}

/** The operation changed the resource but did not finish: the engine records `outputs` and the reasons (init errors). */
export class PartialFailure extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: PropertyMap,
  ) {
    super(message);
  }
}

/** A diff of named properties; those in `replaceKeys` cannot be changed in place. */
export const namedDiff = (changedKeys: string[], replaceKeys: string[] = []): DiffResult => ({
  ...bareDiff(changedKeys.length > 0 ? "some" : "none", replaceKeys),
  changedKeys,
});
