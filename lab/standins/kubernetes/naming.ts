import { createHash, randomBytes } from "node:crypto";
import { isMap, Unknown, type PropertyMap } from "../protocol/propertyValue";
import type { CheckRequest } from "../protocol/standIn";
import { metadataOf, metadataText, withMetadata } from "./checkpoint";

const autonamed = "pulumi.com/autonamed";

/** Whether annotation `name` is "true". */
export function isAnnotated(object: PropertyMap, name: string): boolean {
  const { annotations } = metadataOf(object);
  return isMap(annotations) && (annotations[name] === "true" || annotations[name] === true);
}

/** Whether the object has a name, possibly one not known yet. */
export function isNamed(object: PropertyMap): boolean {
  return metadataOf(object).name instanceof Unknown || metadataText(object, "name") !== "";
}

/** Whether Pulumi chose the name. */
export function isAutonamed(object: PropertyMap): boolean {
  return isAnnotated(object, autonamed);
}

function setName(object: PropertyMap, name: string): PropertyMap {
  const { annotations } = metadataOf(object);
  return withMetadata(object, {
    name,
    annotations: { ...(isMap(annotations) ? annotations : {}), [autonamed]: "true" },
  });
}

function chooseName({ name, randomSeed, autonaming }: CheckRequest): string {
  if (autonaming?.mode === "disable") {
    throw new Error("autonaming is disabled, resource requires the .metadata.name field to be set");
  }
  if (autonaming) return autonaming.proposedName;
  // The same seed gives the same name, so that a preview and the update after it agree.
  const seed = randomSeed.length > 0 ? createHash("sha256").update(randomSeed).update(name).digest() : randomBytes(4);
  return `${name}-${seed.toString("hex").slice(0, 8)}`;
}

/** Gives an unnamed object the name it had, or a new one: `<resource name>-<8 hex digits>`. */
export function nameObject(object: PropertyMap, request: CheckRequest): PropertyMap {
  if (isNamed(object)) return object;
  if (Object.keys(request.olds).length === 0) return setName(object, chooseName(request));
  return isAutonamed(request.olds) ? setName(object, metadataText(request.olds, "name")) : object;
}
