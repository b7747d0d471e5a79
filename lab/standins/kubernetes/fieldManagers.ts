import { isMap, type PropertyMap, type PropertyValue } from "../protocol/propertyValue";
import { metadataOf } from "./checkpoint";
import type { ClusterApi } from "./clusterApi";
import { isAnnotated } from "./naming";
import type { ProviderSettings } from "./providerSettings";

/** Names under which earlier writes of ours, or kubectl's, own fields outside server-side apply. */
const clientSideManagers: (PropertyValue | undefined)[] = [
  "pulumi-kubernetes",
  "pulumi-kubernetes.exe",
  "pulumi-resource-kubernetes",
];
const adoptedManagers: (PropertyValue | undefined)[] = [...clientSideManagers, "kubectl", "before-first-apply"];

/** The manager that owns our fields: annotation `pulumi.com/patchFieldManager`, or `recorded`. */
export function fieldManagerFor(object: PropertyMap, recorded: string): string {
  const { annotations } = metadataOf(object);
  const chosen = isMap(annotations) ? annotations["pulumi.com/patchFieldManager"] : undefined;
  return typeof chosen === "string" && chosen !== "" ? chosen : recorded;
}

function managedFields(object: PropertyMap): PropertyMap[] {
  const { managedFields: entries } = metadataOf(object);
  return Array.isArray(entries) ? entries.filter((entry) => isMap(entry)) : [];
}

/** Whether to take fields from other managers. Source: patchForce in pulumi-kubernetes await.go. */
export function mustForce(
  object: PropertyMap,
  settings: ProviderSettings,
  live?: PropertyMap,
  preview = false,
): boolean {
  if (isAnnotated(object, "pulumi.com/patchForce") || settings.enablePatchForce) return true;
  if (live === undefined) return false;
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
export async function adoptFields(api: ClusterApi, live: PropertyMap, fieldManager: string): Promise<void> {
  const entries = managedFields(live);
  const adopted = entries.filter(({ manager, subresource }) => !subresource && adoptedManagers.includes(manager));
  if (adopted.length === 0) return;
  const ours = entries.filter(({ manager, operation }) => manager === fieldManager && operation === "Apply");
  const merged = [...ours, ...adopted].reduce<PropertyMap>((fields, entry) => {
    return isMap(entry.fieldsV1) ? mergeFields(fields, entry.fieldsV1) : fields;
  }, {});
  const others = entries.filter((entry) => !adopted.includes(entry) && !ours.includes(entry));
  const entry = { ...adopted[0], manager: fieldManager, operation: "Apply", fieldsV1: merged };
  const { apiVersion, kind } = live;
  const { name, namespace, resourceVersion } = metadataOf(live);
  await api.merge({
    apiVersion: apiVersion ?? null,
    kind: kind ?? null,
    metadata: {
      name: name ?? null,
      ...(namespace !== undefined && { namespace }),
      resourceVersion: resourceVersion ?? null,
      managedFields: [...others, entry],
    },
  });
}

/** The union of two FieldsV1 trees. */
function mergeFields(left: PropertyMap, right: PropertyMap): PropertyMap {
  const merged = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const existing = merged[key];
    merged[key] = isMap(existing) && isMap(value) ? mergeFields(existing, value) : value;
  }
  return merged;
}
