import type { DetailedDiff } from "./detailedDiff";
import type { EngineLog } from "./engineLog";
import type { PropertyMap } from "./propertyValue";

/** What every request about a resource carries. */
export interface ResourceRequest {
  urn: string;
  /** Type token, such as `command:remote:Command`. */
  type: string;
  /** The resource's name in the program. */
  name: string;
  log: EngineLog;
  /** Aborted when the engine asks the plugin to cancel. */
  signal: AbortSignal;
}

export interface CheckRequest extends ResourceRequest {
  /** Inputs of the previous deployment; empty for a new resource. */
  olds: PropertyMap;
  news: PropertyMap;
  randomSeed: Uint8Array;
  /** What the engine wants for a name the program leaves open; undefined leaves it to the provider. */
  autonaming?: { mode: "propose" | "enforce" | "disable"; proposedName: string };
}

export interface CheckFailure {
  /** Path of the wrong property, or empty for the resource as a whole. */
  property: string;
  reason: string;
}

export interface CheckResult {
  inputs: PropertyMap;
  failures?: CheckFailure[];
}

export interface DiffRequest extends ResourceRequest {
  id: string;
  /** The recorded outputs. */
  state: PropertyMap;
  news: PropertyMap;
  ignoreChanges: readonly string[];
}

export interface DiffResult {
  /** Top-level names that changed; taken from `detailedDiff` when it is given. */
  changed?: string[];
  /** Names that ask for replacement; taken from `detailedDiff` when it is given. */
  replaces?: string[];
  detailedDiff?: DetailedDiff;
  deleteBeforeReplace?: boolean;
}

export interface CreateRequest extends ResourceRequest {
  inputs: PropertyMap;
  preview: boolean;
}

export interface CreateResult {
  id: string;
  outputs: PropertyMap;
}

export interface ReadRequest extends ResourceRequest {
  id: string;
  state: PropertyMap;
  inputs: PropertyMap;
}

export interface ReadResult {
  /** Empty when the resource is gone. */
  id: string;
  outputs: PropertyMap;
  inputs: PropertyMap;
}

export interface UpdateRequest extends ResourceRequest {
  id: string;
  state: PropertyMap;
  news: PropertyMap;
  preview: boolean;
}

export interface DeleteRequest extends ResourceRequest {
  id: string;
  state: PropertyMap;
}

/** One resource type. Errors thrown reach the user as they are, so they carry no secrets. */
export interface ResourceHandler {
  check(request: CheckRequest): CheckResult;
  diff(request: DiffRequest): DiffResult;
  create(request: CreateRequest): Promise<CreateResult>;
  /** Absent: the recorded state is what there is. */
  read?(request: ReadRequest): Promise<ReadResult>;
  update(request: UpdateRequest): Promise<PropertyMap>;
  /** Absent: nothing to do. */
  delete?(request: DeleteRequest): Promise<void>;
}

/** A provider plugin served by {@link createPluginServer}: exactly the listed resource types and no others. */
export interface StandIn {
  /** Pulumi package name, such as `command`. */
  readonly name: string;
  /** What the real provider answers: false makes the engine send plain values and mark outputs by same-named inputs. */
  readonly acceptSecrets: boolean;
  readonly resources: ReadonlyMap<string, ResourceHandler>;
  checkConfig?(news: PropertyMap): CheckFailure[];
  diffConfig?(olds: PropertyMap, news: PropertyMap): DiffResult;
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
