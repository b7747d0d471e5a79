import type { PropertyMap } from "../../../lab/standins/protocol/values";

const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
const kinds: Partial<Record<string, string>> = {
  secrets: "Secret",
  events: "Event",
  clusterrolebindings: "ClusterRoleBinding",
};
const resource = (name: string, namespaced: boolean) => ({
  name,
  singularName: "",
  kind: kinds[name] ?? "",
  namespaced,
  verbs,
});
const rbac = { groupVersion: "rbac.authorization.k8s.io/v1", version: "v1" };

/** What an API server says it has, which the real plugin asks before it does anything. The stand-in never asks. */
export const discovery: Partial<Record<string, PropertyMap>> = {
  "/version": { major: "1", minor: "37", gitVersion: "v1.37.2" },
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [resource("secrets", true), resource("events", true)],
  },
  "/apis": {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: [{ name: "rbac.authorization.k8s.io", versions: [rbac], preferredVersion: rbac }],
  },
  [`/apis/${rbac.groupVersion}`]: {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: rbac.groupVersion,
    resources: [resource("clusterrolebindings", false)],
  },
};

/** The OpenAPI document in protobuf: its version and no schema, so that nothing is checked against one. */
export const openApi = Buffer.from("\x0a\x032.0");

/** The answer to a watch of a collection: it is empty, and nothing comes after. */
export function watchedNothing(path: string): string {
  const kind = kinds[path.replace(/.*\//, "")] ?? "";
  const metadata = { resourceVersion: "1", annotations: { "k8s.io/initial-events-end": "true" } };
  return `${JSON.stringify({ type: "BOOKMARK", object: { apiVersion: "v1", kind, metadata } })}\n`;
}
