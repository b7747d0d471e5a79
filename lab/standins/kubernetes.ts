import { ClusterApi } from "./kubernetes/clusterApi";
import { ObjectHandler, type Cluster } from "./kubernetes/objectHandler";
import { configFailures, diffConfig, isTrue, readSettings } from "./kubernetes/providerSettings";
import { runPlugin } from "./protocol/runPlugin";
import type { StandIn } from "./protocol/standIn";

/** Stands in for pulumi-resource-kubernetes: Secrets, ClusterRoles and ClusterRoleBindings. */
export function kubernetesStandIn(): StandIn {
  const cluster: Cluster = { api: new ClusterApi({ problem: "the provider is not configured" }), upsert: false };
  return {
    name: "kubernetes",
    acceptSecrets: true,
    resources: {
      "kubernetes:core/v1:Secret": new ObjectHandler(
        {
          apiVersion: "v1",
          kind: "Secret",
          plural: "secrets",
          namespaced: true,
          replaceOn: ["type", "stringData", "data"],
        },
        cluster,
      ),
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": new ObjectHandler(
        {
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "ClusterRole",
          plural: "clusterroles",
          namespaced: false,
          replaceOn: [],
        },
        cluster,
      ),
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": new ObjectHandler(
        {
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "ClusterRoleBinding",
          plural: "clusterrolebindings",
          namespaced: false,
          replaceOn: ["roleRef"],
        },
        cluster,
      ),
    },
    checkConfig: configFailures,
    diffConfig,
    configure(config) {
      cluster.api = new ClusterApi(readSettings(config));
      cluster.upsert = isTrue(config.upsertExistingObjects);
    },
  };
}

if (require.main === module) void runPlugin(kubernetesStandIn());
