/** Answers of the plugin protocol in the engine's terms. Source: sdk/go/common/resource/plugin/provider.go. */
import { type CheckResponse, DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { ChangeKind, DetailedDiff, DiffResult } from "./propertyDiff";
import type { InitFailure } from "./rpc";
import { fromWire, type PropertyMap } from "./values";

/** The identity of a resource in a call; a resource state has it too. */
export interface Target {
  urn: string;
  id: string;
}
export interface Properties {
  inputs: PropertyMap;
  outputs: PropertyMap;
}
export interface CheckFailure {
  property: string;
  reason: string;
}
export interface CheckResult {
  inputs: PropertyMap;
  failures: CheckFailure[];
}
/** What a create, update or read left behind; with `failure` it is there but not in order. */
export interface LiveResource {
  id: string;
  outputs: PropertyMap;
  inputs?: PropertyMap;
  failure?: InitFailure;
}
/** What the program says of an update beside the properties; seconds, 0 for the provider's own time. */
export interface UpdateOptions {
  timeout: number;
  ignoreChanges: string[];
}

/** What a resource's provider does for it; provider resources have the registry for that. */
export interface ResourceOperations {
  check(urn: string, olds: PropertyMap, news: PropertyMap, seed: Uint8Array): Promise<CheckResult>;
  /** @returns undefined where the provider's configuration is not known yet. */
  diff(target: Target, old: Properties, news: PropertyMap, ignoreChanges: string[]): Promise<DiffResult | undefined>;
  create(urn: string, inputs: PropertyMap, timeout: number): Promise<LiveResource>;
  update(target: Target, old: Properties, news: PropertyMap, options: UpdateOptions): Promise<LiveResource>;
  /** @returns with an empty id where the resource is gone. */
  read(target: Target, inputs: PropertyMap, outputs: PropertyMap, timeout: number): Promise<LiveResource>;
  delete(target: Target, inputs: PropertyMap, outputs: PropertyMap, timeout: number): Promise<void>;
}

/** A diff that names no properties. */
export const bareDiff = (changes: DiffResult["changes"], replaceKeys: string[] = []): DiffResult => ({
  changes,
  replaceKeys,
  changedKeys: [],
  deleteBeforeReplace: false,
});

/** By the protocol's numbers: what happened to a property, and whether that asks for a replacement. */
const kinds: [ChangeKind, boolean][] = [
  ["add", false],
  ["add", true],
  ["delete", false],
  ["delete", true],
  ["update", false],
  ["update", true],
];

export function readDiff(response: DiffResponse): DiffResult {
  const detailed: DetailedDiff = new Map();
  response.getDetaileddiffMap().forEach((change, path) => {
    const [kind, replace] = kinds[change.getKind()] ?? ["update", false];
    detailed.set(path, { kind, replace, inputDiff: change.getInputdiff() });
  });
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  const changes = response.getChanges();
  return {
    changes: changes === DIFF_NONE ? "none" : changes === DIFF_SOME ? "some" : "unknown",
    replaceKeys: response.getReplacesList(),
    changedKeys: response.getDiffsList(),
    ...(response.getHasdetaileddiff() && { detailed }),
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
}

const readFailures = (response: Pick<CheckResponse, "getFailuresList">): CheckFailure[] =>
  response.getFailuresList().map((each) => ({ property: each.getProperty(), reason: each.getReason() }));

export const readChecked = (response: CheckResponse): CheckResult => ({
  inputs: fromWire(response.getInputs()),
  failures: readFailures(response),
});
