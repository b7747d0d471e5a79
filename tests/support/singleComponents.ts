import type * as pulumi from "@pulumi/pulumi";
import * as library from "../../components";
import { caCertPem, workerNodeArgs } from "./workerNodeArgs";

const { connection, nodeName, cluster, binaries } = workerNodeArgs;
export const claim = { id: "claim-1", machineId: "machine-1", owner: "org/project/stack" };
export const apiServers = ["10.0.0.10:6443", "10.0.0.11:6443"];
const { kubernetesVersion, apiServerEndpoint, clusterCIDR, clusterDNS } = cluster;
const { bootstrapToken, kubeProxyCertificate, flannelCertificate, kubeconfig } = cluster;

/** Makes a component that is called "one". */
export type Make = (opts: pulumi.ComponentResourceOptions & pulumi.CustomResourceOptions) => pulumi.Resource;

/** Each component with no more than what it needs. */
export const components: Record<string, Make> = {
  HostClaim: (opts) =>
    new library.HostClaim(
      "one",
      { nodeName, connection, cluster: { kubernetesVersion, clusterCIDR, caCertPem, kubeconfig } },
      opts,
    ),
  HostPreparation: (opts) => new library.HostPreparation("one", { connection, claim, cluster: { clusterCIDR } }, opts),
  NodeBinaries: (opts) =>
    new library.NodeBinaries("one", { connection, claim, binaries, cluster: { kubernetesVersion } }, opts),
  ContainerRuntime: (opts) =>
    new library.ContainerRuntime("one", { connection, claim, cluster: { clusterCIDR } }, opts),
  ApiServerProxy: (opts) =>
    new library.ApiServerProxy("one", { connection, claim, cluster: { apiServers, caCertPem } }, opts),
  Kubelet: (opts) =>
    new library.Kubelet(
      "one",
      {
        ...{ nodeName, connection, claim, binaries: { kubelet: binaries.kubelet } },
        cluster: { kubernetesVersion, apiServerEndpoint, caCertPem, clusterCIDR, clusterDNS, bootstrapToken },
      },
      opts,
    ),
  KubeProxy: (opts) =>
    new library.KubeProxy(
      "one",
      {
        ...{ nodeName, connection, claim, binaries: { kubeProxy: binaries.kubeProxy } },
        cluster: { kubernetesVersion, apiServerEndpoint, caCertPem, clusterCIDR, kubeProxyCertificate },
      },
      opts,
    ),
  Flannel: (opts) =>
    new library.Flannel(
      "one",
      {
        ...{ nodeName, connection, claim, binaries: { flanneld: binaries.flanneld } },
        cluster: { kubernetesVersion, apiServerEndpoint, caCertPem, clusterCIDR, flannelCertificate },
      },
      opts,
    ),
  NodeRegistration: (opts) =>
    new library.NodeRegistration(
      "one",
      { kubeconfig, nodeName, claim, kubeletVersion: "v1.37.2", revision: "1" },
      opts,
    ),
  WorkerNode: (opts) => new library.WorkerNode("one", workerNodeArgs, opts),
};
export const names = Object.keys(components);
