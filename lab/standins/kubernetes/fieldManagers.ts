import { toMerged } from "es-toolkit";
import { isPlainMap, type PropertyMap, type PropertyValue } from "../protocol/values";
import type { ClusterApi } from "./clusterApi";
import { metadataOf } from "./objects";

/** Names under which earlier writes of ours, or kubectl's, own fields outside server-side apply. */
const clientSideManagers: (PropertyValue | undefined)[] = [
  "pulumi-kubernetes",
  "pulumi-kubernetes.exe",
  "pulumi-resource-kubernetes",
];
const adoptedManagers: (PropertyValue | undefined)[] = [...clientSideManagers, "kubectl", "before-first-apply"];

/** Names the manager that is to own an object's fields; the only one of the provider's own annotations that is served. */
export const managerAnnotation = "pulumi.com/patchFieldManager";

/** The manager that owns our fields: the one the object names, or another. Source: fieldManagerName in pulumi-kubernetes provider.go. */
export function fieldManagerFor(object: PropertyMap, otherwise: string): string {
  const { annotations } = metadataOf(object);
  const chosen = isPlainMap(annotations) ? annotations[managerAnnotation] : undefined;
  return typeof chosen === "string" && chosen !== "" ? chosen : otherwise;
}

function managedFields(object: PropertyMap): PropertyMap[] {
  const { managedFields: entries } = metadataOf(object);
  return Array.isArray(entries) ? entries.filter((entry) => isPlainMap(entry)) : [];
}

/** Whether to take fields from other managers. Source: patchForce in pulumi-kubernetes await.go. */
export function mustForce(live: PropertyMap, preview: boolean): boolean {
  const entries = managedFields(live);
  const clientSide = entries.some(({ operation, manager }) => {
    return operation === "Update" && clientSideManagers.includes(manager);
  });
  return entries.length === 0 || (preview && clientSide);
}

/**
 * Hands the fields that client-side writes own to `fieldManager`: a create is not an apply, and the first apply after
 * it could otherwise not remove a field. Entries of the same owner are merged by the server's rules of field sets.
 */
export async function adoptFields(
  api: ClusterApi,
  collection: string,
  live: PropertyMap,
  fieldManager: string,
): Promise<void> {
  const entries = managedFields(live);
  const adopted = entries.filter(({ manager, subresource }) => !subresource && adoptedManagers.includes(manager));
  if (adopted.length === 0) return;
  const ours = entries.filter(({ manager, operation }) => manager === fieldManager && operation === "Apply");
  const merged = [...ours, ...adopted].reduce<PropertyMap>((fields, entry) => {
    return isPlainMap(entry.fieldsV1) ? toMerged(fields, entry.fieldsV1) : fields;
  }, {});
  const others = entries.filter((entry) => !adopted.includes(entry) && !ours.includes(entry));
  const entry = { ...adopted[0], manager: fieldManager, operation: "Apply", fieldsV1: merged };
  const { name, resourceVersion } = metadataOf(live);
  await api.merge(collection, {
    metadata: { name: name ?? null, resourceVersion: resourceVersion ?? null, managedFields: [...others, entry] },
  });
}
