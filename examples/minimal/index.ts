// One host becomes a worker node of a cluster that is there. The least that there is to say.
//
//   pulumi config set endpoint https://10.0.0.10:6443
//   pulumi config set host 10.0.0.11
//   pulumi config set hostKey "ssh-ed25519 AAAA..."      the host's /etc/ssh/ssh_host_ed25519_key.pub
//   cat ca.crt | pulumi config set ca                    and with --secret: caKey, kubeconfig, token, sshKey
//   pulumi config set --path 'sha256.kubelet' ...        likewise kubeProxy and cniPlugins, as published beside each file
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClusterBootstrap, WorkerNode } from "kubernetes-worker-nodes";

const config = new pulumi.Config();
const caCertPem = config.require("ca");
const kubeconfig = config.requireSecret("kubeconfig");
const { kubelet, kubeProxy, cniPlugins } =
  config.requireObject<Record<"kubelet" | "kubeProxy" | "cniPlugins", string>>("sha256");

const cluster = new kubernetes.Provider("cluster", {
  kubeconfig,
  clusterIdentifier: "mine",
  upsertExistingObjects: true,
});
const { bootstrapToken, kubeProxyCertificate } = new ClusterBootstrap(
  "workers",
  { bootstrapToken: config.requireSecret("token"), caCertPem, caPrivateKeyPem: config.requireSecret("caKey") },
  { providers: [cluster] },
);

const node = new WorkerNode("node-1", {
  nodeName: "node-1",
  connection: {
    host: config.require("host"),
    hostKey: config.require("hostKey"),
    privateKey: config.requireSecret("sshKey"),
  },
  cluster: {
    kubernetesVersion: "1.37.2",
    apiServerEndpoint: config.require("endpoint"),
    clusterCIDR: "10.2.0.0/16",
    clusterDNS: ["10.1.0.2"],
    ...{ caCertPem, kubeconfig, bootstrapToken, kubeProxyCertificate },
  },
  binaries: { kubelet: { sha256: kubelet }, kubeProxy: { sha256: kubeProxy }, cniPlugins: { sha256: cniPlugins } },
});

export const { nodeName, podCIDRs, facts, verification } = node;
