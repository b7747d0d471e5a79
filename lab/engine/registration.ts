/** A registration off the wire: the state it asks for, and what is refused. Source: RegisterResource in source_eval.go. */
import type * as proto from "@pulumi/pulumi/proto/resource_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { newState, type ResourceState } from "./state";
import { createUrn, isProviderType } from "./urn";
import { containsAsset, fromWire, type PropertyMap } from "./values";

/** What a program may ask of Pulumi and not of this engine; refused by name, never left out in silence. */
export class RefusedError extends Error {
  constructor(what: string) {
    super(`the lab's engine does not support ${what}; run the program with the Pulumi CLI`);
  }
}

/** Fields of a registration or a read that are served; some say what the program itself can do, or where it stands. */
const served = new Set(
  [
    ["type", "name", "parent", "custom", "object", "properties", "id", "provider", "version", "providersMap"],
    ["dependenciesList", "propertydependenciesMap", "protect", "retainondelete", "deletedwith"],
    ["deletebeforereplace", "deletebeforereplacedefined", "replaceonchangesList", "ignorechangesList"],
    ["acceptsecrets", "acceptresources", "additionalsecretoutputsList", "supportspartialvalues", "acceptsByteString"],
    ["aliasesList", "aliasspecs", "supportsresultreporting", "sourceposition", "stacktrace", "parentstacktracehandle"],
  ].flat(),
);

/** The SDK sends messages that are empty too. */
const isGiven = (value: unknown): boolean =>
  typeof value === "object" ? Object.values(value ?? {}).some(isGiven) : Boolean(value);

/** @throws RefusedError naming everything that is asked for and not served. */
export function refuseUnsupported(request: proto.RegisterResourceRequest | proto.ReadResourceRequest): void {
  const [type, name] = [request.getType(), request.getName()];
  if (/^pulumi:pulumi:(?!Stack$)/.test(type)) throw new RefusedError(`resources of type ${type}`);
  const asked = Object.entries(request.toObject()).filter(([field, value]) => !served.has(field) && isGiven(value));
  if (asked.length === 0) return;
  const names = asked.map(([field]) => `\`${field.replace(/(List|Map|id)$/, "")}\``).join(", ");
  throw new RefusedError(`the option${asked.length === 1 ? "" : "s"} ${names} (resource ${name} of type ${type})`);
}

/**
 * Packages name former types of their resources as aliases: they matter where one is on record.
 * @param recorded whether a URN is on record.
 * @throws RefusedError where a resource would be taken over from another URN.
 */
export function refuseRenames(
  request: proto.RegisterResourceRequest,
  { urn, parent, type }: ResourceState,
  { stack, project }: { stack: string; project: string },
  recorded: (urn: string) => boolean,
): void {
  const former = request.getAliasesList().map((alias) => {
    const { name, type: other, stack: in_, project: of, parenturn, noparent } = alias.getSpec()?.toObject() ?? {};
    const under = noparent ? "" : parenturn || parent;
    return alias.getUrn() || createUrn(in_ || stack, of || project, under, other || type, name || request.getName());
  });
  const found = recorded(urn) ? undefined : former.find(recorded);
  if (found !== undefined) throw new RefusedError(`taking ${urn} over from ${found} (the option \`aliases\`)`);
}

/** @throws RefusedError where there are assets among them. */
export function readProperties(struct: Struct | undefined): PropertyMap {
  const properties = fromWire(struct);
  if (containsAsset(properties)) throw new RefusedError("assets and archives");
  return properties;
}

/**
 * The state that a registration asks for, but for its provider. What a resource does not say of itself it takes from its
 * parent; providers and protection the SDK hands down itself.
 */
export function readRegistration(
  request: proto.RegisterResourceRequest,
  { stack, project }: { stack: string; project: string },
  parent: ResourceState | undefined,
): ResourceState {
  const type = request.getType();
  const propertyDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, key) => (propertyDependencies[key] = urns.getUrnsList()));
  return newState({
    urn: createUrn(stack, project, request.getParent(), type, request.getName()),
    type,
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: readProperties(request.getObject()),
    protect: request.getProtect(),
    dependencies: request.getDependenciesList(),
    provider: isProviderType(type) || !request.getCustom() ? "" : request.getProvider(),
    propertyDependencies,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : (parent?.retainOnDelete ?? false),
    deletedWith: request.getDeletedwith() || (parent?.deletedWith ?? ""),
  });
}
