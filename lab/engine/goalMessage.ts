/** A registration off the wire. Source: RegisterResource in deploy/source_eval.go. */
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb";
import type * as proto from "@pulumi/pulumi/proto/resource_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { parseDuration } from "./duration";
import { type Alias, type Goal, newGoal } from "./goal";
import { RefusedError } from "./refusals";
import type { CustomTimeouts } from "./state";
import { containsAsset, fromWire, type PropertyMap } from "./values";

function readAlias(message: AliasMessage): Alias {
  const spec = message.getSpec();
  return {
    urn: message.getUrn(),
    name: spec?.getName() ?? "",
    type: spec?.getType() ?? "",
    stack: spec?.getStack() ?? "",
    project: spec?.getProject() ?? "",
    parent: spec?.getParenturn() ?? "",
    noParent: spec?.getNoparent() ?? false,
  };
}

/** @throws RefusedError where there are assets among them. */
export function readProperties(struct: Struct | undefined, dependencies?: Map<string, Set<string>>): PropertyMap {
  const properties = fromWire(struct, dependencies);
  if (containsAsset(properties)) {
    throw new RefusedError("assets and archives");
  }
  return properties;
}

function readTimeouts(message: proto.RegisterResourceRequest.CustomTimeouts | undefined): CustomTimeouts {
  const { create = "", update = "", pb_delete = "", read = "" } = message?.toObject() ?? {};
  const given = Object.entries({ create, update, delete: pb_delete, read }).filter(([, text]) => text !== "");
  return Object.fromEntries(given.map(([operation, text]) => [operation, parseDuration(text)]));
}

/** A registration as the engine understands it, before anything is inherited. */
export function readGoal(request: proto.RegisterResourceRequest): Goal {
  const fromOutputs = new Map<string, Set<string>>();
  const properties = readProperties(request.getObject(), fromOutputs);
  const propertyDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, key) => (propertyDependencies[key] = urns.getUrnsList()));
  for (const [key, urns] of fromOutputs) {
    propertyDependencies[key] = [...new Set([...(propertyDependencies[key] ?? []), ...urns])];
  }
  return newGoal({
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    properties,
    protect: request.hasProtect() ? request.getProtect() : undefined,
    dependencies: request.getDependenciesList(),
    provider: request.getProvider(),
    propertyDependencies,
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList().map(readAlias),
    customTimeouts: readTimeouts(request.getCustomtimeouts()),
    replaceOnChanges: request.getReplaceonchangesList(),
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith(),
  });
}
