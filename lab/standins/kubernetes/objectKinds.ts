import type { ProviderSettings } from "./providerSettings";
import type { PropertyMap } from "../protocol/propertyValue";

/** A kind of Kubernetes object that the stand-in serves. */
export interface ObjectKind {
  apiVersion: string;
  kind: string;
  namespaced: boolean;
  /** Properties, besides name and namespace, that cannot be changed in place. */
  replaceOn(object: PropertyMap, settings: ProviderSettings): string[];
}

/** Source of the replacing properties: pulumi/pulumi-kubernetes provider/diff.go. */
export const objectKinds: Record<string, ObjectKind> = {
  "kubernetes:core/v1:Secret": {
    apiVersion: "v1",
    kind: "Secret",
    namespaced: true,
    replaceOn: (object, settings) =>
      settings.enableSecretMutable && object.immutable !== true ? ["type"] : ["type", "stringData", "data"],
  },
  "kubernetes:core/v1:ConfigMap": {
    apiVersion: "v1",
    kind: "ConfigMap",
    namespaced: true,
    replaceOn: (object, settings) =>
      settings.enableConfigMapMutable && object.immutable !== true ? [] : ["binaryData", "data"],
  },
  "kubernetes:core/v1:Namespace": { apiVersion: "v1", kind: "Namespace", namespaced: false, replaceOn: () => [] },
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    namespaced: false,
    replaceOn: () => ["roleRef"],
  },
};
