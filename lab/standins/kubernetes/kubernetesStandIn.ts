import type { StandIn } from "../protocol/standIn";
import { ClusterApi } from "./clusterApi";
import { ObjectHandler, type Cluster } from "./objectHandler";
import { objectKinds } from "./objectKinds";
import { configFailures, diffConfig, readSettings } from "./providerSettings";

/** Stands in for pulumi-resource-kubernetes: the kinds of {@link objectKinds}, through one generic implementation. */
export function kubernetesStandIn(): StandIn {
  const settings = readSettings({ kubeconfig: "" });
  const cluster: Cluster = { settings, api: new ClusterApi(settings) };
  return {
    name: "kubernetes",
    acceptSecrets: true,
    resources: new Map(
      Object.entries(objectKinds).map(([type, kind]) => [type, new ObjectHandler(kind, () => cluster)] as const),
    ),
    checkConfig: configFailures,
    diffConfig,
    configure(config) {
      cluster.settings = readSettings(config);
      cluster.api = new ClusterApi(cluster.settings);
    },
  };
}
