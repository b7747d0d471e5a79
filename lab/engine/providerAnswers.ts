/** Answers of the plugin protocol in the engine's terms. Source: sdk/go/common/resource/plugin/provider.go. */
import type { CheckResponse, DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { ChangeKind, DetailedDiff, DiffResult } from "./propertyDiff";
import { fromWire, type PropertyMap } from "./values";

export interface CheckFailure {
  property: string;
  reason: string;
}
export interface CheckResult {
  inputs: PropertyMap;
  failures: CheckFailure[];
}
/** What a create, update or read left: with an empty id nothing, with init errors something that is not in order. */
export interface LiveResource {
  id: string;
  outputs: PropertyMap;
  inputs?: PropertyMap;
  initErrors: string[];
}

export const readChecked = (response: CheckResponse): CheckResult => ({
  inputs: fromWire(response.getInputs()),
  failures: response.getFailuresList().map((each) => ({ property: each.getProperty(), reason: each.getReason() })),
});

/** By the protocol's numbers, of which each kind has two: without and with a replacement. */
const kinds: ChangeKind[] = ["add", "delete", "update"];

export function readDiff(response: DiffResponse): DiffResult {
  const detailed: DetailedDiff = {};
  response.getDetaileddiffMap().forEach((change, path) => {
    const kind = kinds[Math.floor(change.getKind() / 2)] ?? "update";
    detailed[path] = { kind, replace: change.getKind() % 2 === 1, inputDiff: change.getInputdiff() };
  });
  return {
    changes: (["unknown", "none", "some"] as const)[response.getChanges()] ?? "unknown",
    replaceKeys: response.getReplacesList(),
    changedKeys: response.getDiffsList(),
    ...(response.getHasdetaileddiff() && { detailed }),
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
}
