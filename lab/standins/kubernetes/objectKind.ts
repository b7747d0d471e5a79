import { applyReplaceOnChanges, diffProperties, type DiffResult } from "../../engine/propertyDiff";
import { parsePath, pathContains } from "../../engine/propertyPath";
import type { CheckFailure } from "../../engine/providerAnswers";
import { revealMap, type PropertyMap } from "../../engine/values";
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
export function diffObject(
  kind: ObjectKind,
  state: PropertyMap,
  news: PropertyMap,
  ignoreChanges: string[],
): DiffResult {
  const { inputs, live } = parseCheckpoint(state);
  const after = normalizeInputs(revealMap(news));
  const found = diffProperties(pruneLive(live, normalizeInputs(inputs)), after);
  const ignored = ignoreChanges.map(parsePath);
  const isIgnored = (path: string): boolean => ignored.some((each) => pathContains(each, parsePath(path)));
  const detailed = Object.fromEntries(Object.entries(found).filter(([path]) => !isIgnored(path)));
  const changes = Object.keys(detailed).length > 0 ? "some" : "none";
  const bare: DiffResult = { changes, changedKeys: [], replaceKeys: [], detailed, deleteBeforeReplace: false };
  const diff = applyReplaceOnChanges(bare, ["metadata.name", "metadata.namespace", ...kind.replaceOn], false);
  const replaceKeys = Object.entries(diff.detailed ?? {})
    .filter(([, { replace }]) => replace)
    .map(([path]) => path);
  return { ...diff, replaceKeys, deleteBeforeReplace: replaceKeys.length > 0 && idOf(after) === idOf(live) };
}
