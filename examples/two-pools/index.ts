// Two pools of one cluster, whose values come from another stack: general nodes, and nodes for builds with settings of their own.
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  ClusterBootstrap,
  WorkerPool,
  type ClusterArgs,
  type HostArgs,
  type WorkerPoolArgs,
} from "kubernetes-worker-nodes";

/** A host as a list in the configuration has it. */
interface Host {
  name: string;
  address: string;
  hostKey: string;
}

const config = new pulumi.Config();
const controlPlane = new pulumi.StackReference(config.require("controlPlaneStack"));
const text = (output: string): pulumi.Output<string> => controlPlane.requireOutput(output) as pulumi.Output<string>;
const caCertPem = text("caCertPem");
const kubeconfig = pulumi.secret(text("kubeconfig"));

const provider = new kubernetes.Provider("cluster", {
  kubeconfig,
  clusterIdentifier: "mine",
  upsertExistingObjects: true,
});
const { bootstrapToken, kubeProxyCertificate } = new ClusterBootstrap(
  "workers",
  { bootstrapToken: config.requireSecret("token"), caCertPem, caPrivateKeyPem: text("caPrivateKeyPem") },
  { providers: [provider] },
);
const cluster: ClusterArgs = {
  kubernetesVersion: text("kubernetesVersion"),
  apiServerEndpoint: text("apiServerEndpoint"),
  clusterCIDR: text("clusterCIDR"),
  clusterDNS: [text("clusterDNS")],
  ...{ caCertPem, kubeconfig, bootstrapToken, kubeProxyCertificate },
};
const privateKey = config.requireSecret("sshKey");
const hosts = (pool: string): HostArgs[] =>
  config.requireObject<Host[]>(pool).map(({ name, address, hostKey }) => ({
    nodeName: name,
    connection: { host: address, hostKey, privateKey },
    labels: { "example.com/pool": pool },
  }));
const binaries = config.requireObject<WorkerPoolArgs["binaries"]>("binaries");

const general = new WorkerPool("general", { cluster, binaries, hosts: hosts("general") });
const builds = new WorkerPool("builds", {
  ...{ cluster, binaries },
  hosts: hosts("builds").map((host) => ({ ...host, taints: ["dedicated=builds:NoSchedule"] })),
  kubeletConfiguration: {
    maxPods: 40,
    imageGCHighThresholdPercent: 70,
    imageGCLowThresholdPercent: 60,
    evictionHard: { "nodefs.available": "15%" },
  },
});

export const nodes = [...Object.keys(general.nodes), ...Object.keys(builds.nodes)];
