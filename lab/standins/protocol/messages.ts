import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { PropertyDiff } from "./detailedDiff";
import { fromStruct, plainMap, type PropertyMap } from "./propertyValue";
import type { CheckRequest, DiffResult } from "./standIn";

const kinds = proto.PropertyDiff.Kind;
const updateKinds: Record<PropertyDiff["kind"], proto.PropertyDiff.Kind> = {
  add: kinds.ADD,
  delete: kinds.DELETE,
  update: kinds.UPDATE,
};
const replaceKinds: Record<PropertyDiff["kind"], proto.PropertyDiff.Kind> = {
  add: kinds.ADD_REPLACE,
  delete: kinds.DELETE_REPLACE,
  update: kinds.UPDATE_REPLACE,
};

/** A diff as the engine expects it: changed and replaced names follow from the detailed diff where there is one. */
export function diffResponse(result: DiffResult): proto.DiffResponse {
  const details = Object.entries(result.detailedDiff ?? {});
  const changed = result.detailedDiff ? details.map(([path]) => path) : (result.changed ?? []);
  const replaces = result.detailedDiff
    ? details.filter(([, change]) => change.replace).map(([path]) => path)
    : (result.replaces ?? []);
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(changed)
    .setReplacesList(replaces)
    .setDeletebeforereplace(result.deleteBeforeReplace ?? false)
    .setHasdetaileddiff(result.detailedDiff !== undefined);
  for (const [path, change] of details) {
    const kind = (change.replace ? replaceKinds : updateKinds)[change.kind];
    response.getDetaileddiffMap().set(path, new proto.PropertyDiff().setKind(kind));
  }
  return response;
}

/** The engine's wish for the name of an unnamed resource. */
export function autonamingOf(request: proto.CheckRequest): CheckRequest["autonaming"] {
  const options = request.getAutonaming();
  if (options === undefined) return undefined;
  const modes = proto.CheckRequest.AutonamingOptions.Mode;
  const proposedName = options.getProposedName();
  if (options.getMode() === modes.DISABLE) return { mode: "disable", proposedName };
  return { mode: options.getMode() === modes.ENFORCE ? "enforce" : "propose", proposedName };
}

/** Provider configuration: `args` by name, or else the older `variables`, named `<package>:config:<name>`. */
export function readConfig(request: proto.ConfigureRequest): PropertyMap {
  if (request.hasArgs()) return plainMap(fromStruct(request.getArgs()));
  const config: PropertyMap = {};
  request.getVariablesMap().forEach((value: string, key: string) => (config[key.split(":").at(-1) ?? key] = value));
  return config;
}
