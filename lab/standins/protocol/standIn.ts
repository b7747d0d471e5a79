import type { DiffResult } from "../../engine/propertyDiff";
import type { CheckFailure, CheckResult } from "../../engine/providerAnswers";
import type { PropertyMap } from "../../engine/values";
import type { EngineLog } from "./engineLog";

/** A call that may take time. */
export interface ResourceRequest {
  urn: string;
  /** The resource's name in the program. */
  name: string;
  log: EngineLog;
  /** Aborted when the engine asks the plugin to cancel. */
  signal: AbortSignal;
}

/** A call about a resource that is there: `state` are its recorded outputs. */
export interface TargetRequest extends ResourceRequest {
  id: string;
  state: PropertyMap;
}

export type CreateRequest = ResourceRequest & { inputs: PropertyMap; preview: boolean };
export type ReadRequest = TargetRequest & { inputs: PropertyMap };
export type UpdateRequest = TargetRequest & { news: PropertyMap; preview: boolean };

export interface CreateResult {
  id: string;
  outputs: PropertyMap;
}
/** With an empty id when the resource is gone. */
export interface ReadResult extends CreateResult {
  inputs: PropertyMap;
}

/** One resource type. Errors thrown reach the user as they are, so they carry no secrets. */
export interface ResourceHandler {
  check(news: PropertyMap): CheckResult;
  diff(state: PropertyMap, news: PropertyMap, ignoreChanges: string[]): DiffResult;
  create(request: CreateRequest): Promise<CreateResult>;
  /** Absent: the recorded state is what there is. */
  read?(request: ReadRequest): Promise<ReadResult>;
  update(request: UpdateRequest): Promise<PropertyMap>;
  /** Absent: nothing to do. */
  delete?(request: TargetRequest): Promise<void>;
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
export function namedDiff(changedKeys: string[], replaceKeys: string[] = []): DiffResult {
  return { changes: changedKeys.length > 0 ? "some" : "none", changedKeys, replaceKeys, deleteBeforeReplace: false };
}
