// The setting of the hand-made procedure that this library replaces: kube-proxy in mode ipvs, pods on flannel, every client on a node against
// https://127.0.0.1:8443. What is made otherwise than by hand, and why, is in docs/errata.md.
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClusterBootstrap, WorkerPool, type HostArgs, type WorkerPoolArgs } from "kubernetes-worker-nodes";

const config = new pulumi.Config();
const caCertPem = config.require("ca");
const kubeconfig = config.requireSecret("kubeconfig");

const provider = new kubernetes.Provider("cluster", {
  kubeconfig,
  clusterIdentifier: "mine",
  upsertExistingObjects: true,
});
const { bootstrapToken, kubeProxyCertificate, flannelCertificate } = new ClusterBootstrap(
  "workers",
  {
    bootstrapToken: config.requireSecret("token"),
    caCertPem,
    caPrivateKeyPem: config.requireSecret("caKey"),
    flannel: true,
  },
  { providers: [provider] },
);

const pool = new WorkerPool("workers", {
  cluster: {
    kubernetesVersion: "1.37.2",
    // Each node has a proxy of its own to these, at https://127.0.0.1:8443.
    apiServers: config.requireObject<string[]>("apiServers"),
    clusterCIDR: "10.2.0.0/16",
    clusterDNS: ["10.1.0.2"],
    ...{ caCertPem, kubeconfig, bootstrapToken, kubeProxyCertificate, flannelCertificate },
  },
  hosts: config.requireObject<HostArgs[]>("hosts"),
  binaries: config.requireObject<WorkerPoolArgs["binaries"]>("binaries"),
  kubeProxyMode: "ipvs",
  cniMode: "flannel",
});

export const nodes = Object.keys(pool.nodes);
