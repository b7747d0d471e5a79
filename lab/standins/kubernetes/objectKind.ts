import { changesBetween, isUnder } from "../protocol/changes";
import type { CheckFailure, Diff } from "../protocol/standIn";
import { revealMap, type PropertyMap } from "../protocol/values";
import { managerAnnotation } from "./fieldManagers";
import { metadataOf, metadataText, normalizeInputs, parseCheckpoint, pruneLive } from "./objects";

/** A kind of Kubernetes object. */
export interface ObjectKind {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  /** Properties, besides name and namespace, that cannot be changed in place. Source: pulumi-kubernetes provider/diff.go. */
  replaceOn: string[];
}

/** The resource's id: `<namespace>/<name>`, or the name alone. */
export function idOf(object: PropertyMap): string {
  return [metadataText(object, "namespace"), metadataText(object, "name")].filter((part) => part !== "").join("/");
}

/** Where the API server has the objects that live beside `object`. */
export function collectionOf({ apiVersion, plural, namespaced }: ObjectKind, object: PropertyMap): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${namespaced ? `/namespaces/${metadataText(object, "namespace")}` : ""}/${plural}`;
}

/** What the real provider does and the stand-in does not, by name. */
export function failures({ namespaced }: ObjectKind, object: PropertyMap): CheckFailure[] {
  const { annotations } = metadataOf(object);
  const required = (["name", ...(namespaced ? ["namespace"] : [])] as ("name" | "namespace")[])
    .filter((field) => metadataText(object, field) === "")
    .map((field) => ({ property: `metadata.${field}`, reason: "must be set: the stand-in chooses none" }));
  const steering = Object.keys(annotations ?? {})
    .filter((name) => name.startsWith("pulumi.com/") && name !== managerAnnotation)
    .map((name) => ({ property: `metadata.annotations["${name}"]`, reason: "is not served by the stand-in" }));
  return [...required, ...steering];
}

/**
 * What changes between the last known live object, reduced to what the program asked for, and the new inputs. Deletes
 * first where the new object must have the old one's name. Source: Diff in pulumi-kubernetes provider.go.
 */
export function diffObject(kind: ObjectKind, state: PropertyMap, news: PropertyMap, ignoreChanges: string[]): Diff {
  const { inputs, live } = parseCheckpoint(state);
  const after = normalizeInputs(revealMap(news));
  const replaceOn = ["metadata.name", "metadata.namespace", ...kind.replaceOn];
  const changes = changesBetween(pruneLive(live, normalizeInputs(inputs)), after, replaceOn);
  const details = changes.filter(({ path }) => !isUnder(path, ignoreChanges));
  const replaces = details.filter(({ replace }) => replace).map(({ shown }) => shown);
  return { changed: [], replaces, details, deleteBeforeReplace: replaces.length > 0 && idOf(after) === idOf(live) };
}
