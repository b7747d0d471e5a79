import { omit } from "es-toolkit";
import { makeSecret, type PropertyMap } from "../../../lab/standins/protocol/values";
import { kubernetesStandIn } from "../../../lab/standins/kubernetes";
import { FakeCluster } from "./fakeCluster";
import { PluginClient } from "./pluginClient";

export const secretType = "kubernetes:core/v1:Secret";
export const bindingType = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";
export const secretPath = "/api/v1/namespaces/kube-system/secrets";
export const bindingPath = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

/** As the SDK sends a bootstrap token's Secret. */
export function tokenSecret(token = "abc"): PropertyMap {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "bootstrap-token-x", namespace: "kube-system" },
    type: "bootstrap.kubernetes.io/token",
    stringData: makeSecret({ "token-secret": token }),
  };
}

/** What Check makes of it: the data as the server keeps it. */
export const checkedSecret = {
  ...omit(tokenSecret(), ["stringData"]),
  data: makeSecret({ "token-secret": Buffer.from("abc").toString("base64") }),
};

/** As the SDK sends a ClusterRoleBinding. */
export function binding(role = "system:node-bootstrapper", name = "kubelet-bootstrap") {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name, labels: { app: "demo" } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:bootstrappers" }],
  };
}

/** A cluster for each test, and stand-ins configured for it. */
export function useCluster() {
  const clients: PluginClient[] = [];
  const scene = {
    cluster: new FakeCluster(),
    async serve(type: string, config: PropertyMap = {}): Promise<PluginClient> {
      const client = await PluginClient.serve(kubernetesStandIn(), type);
      clients.push(client);
      await client.configure({ kubeconfig: scene.cluster.kubeconfig(), ...config });
      return client;
    },
  };
  beforeEach(async () => {
    scene.cluster = await new FakeCluster().start();
  });
  afterEach(async () => {
    clients.splice(0).forEach((client) => client.close());
    await scene.cluster.stop();
  });
  return scene;
}

/** Check, then Create, as the engine does. */
export async function create(client: PluginClient, news: PropertyMap) {
  const { inputs } = await client.check(news);
  return { inputs, ...(await client.create(inputs)) };
}
