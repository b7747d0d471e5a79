import { detailedDiff, type DetailedDiff } from "../protocol/detailedDiff";
import type { PropertyMap } from "../protocol/propertyValue";
import { metadataText, normalizeInputs, parseCheckpoint, pruneLive, withMetadata } from "./checkpoint";
import { isAutonamed, isNamed } from "./naming";
import type { ObjectKind } from "./objectKinds";
import type { ProviderSettings } from "./providerSettings";

/** The namespace an object is in, for a comparison: "default" when unset, none for a kind without namespaces. */
function inNamespace(object: PropertyMap, kind: ObjectKind): PropertyMap {
  const namespace = kind.namespaced ? metadataText(object, "namespace") || "default" : undefined;
  return withMetadata(object, { namespace });
}

/**
 * What changes between the last known live object, reduced to what the program asked for, and the new inputs. Deletes
 * first where the new object must have the old one's name. Source: Diff in pulumi-kubernetes provider.go.
 */
export function diffObject(
  kind: ObjectKind,
  settings: ProviderSettings,
  state: PropertyMap,
  news: PropertyMap,
  ignoreChanges: readonly string[],
): { detailedDiff: DetailedDiff; deleteBeforeReplace: boolean } {
  const { inputs: oldInputs, live } = parseCheckpoint(state);
  const newInputs = inNamespace(normalizeInputs(news), kind);
  const pruned = inNamespace(pruneLive(live, normalizeInputs(oldInputs)), kind);
  const named = metadataText(newInputs, "name") !== "";
  const before = named ? withMetadata(pruned, { name: metadataText(live, "name") }) : pruned;
  const replaceOn = ["metadata.name", "metadata.namespace", ...kind.replaceOn(newInputs, settings)];
  const diff = detailedDiff(
    { apiVersion: kind.apiVersion, kind: kind.kind, ...before },
    newInputs,
    replaceOn,
    ignoreChanges,
  );
  const sameObject =
    metadataText(newInputs, "name") === metadataText(live, "name") &&
    metadataText(newInputs, "namespace") === metadataText(live, "namespace");
  const replaces = Object.values(diff).some((change) => change.replace);
  return {
    detailedDiff: diff,
    deleteBeforeReplace: replaces && isNamed(newInputs) && !isAutonamed(newInputs) && sameObject,
  };
}
