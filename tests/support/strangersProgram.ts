import type { JsonObject } from "../../render";

/** Where a program of somebody else has its values from: a file, as from a system of theirs. */
export const valuesFile = "values.json";

/** What is in it. */
export interface StrangersValues {
  endpoint: string;
  ca: string;
  caKey: string;
  kubeconfig: string;
  token: string;
  sshKey: string;
  arch: "amd64" | "arm64";
  kubernetesVersion: string;
  clusterCIDR: string;
  clusterDNS: string;
  sandboxImage: string;
  hosts: { name: string; address: string; hostKey: string }[];
  binaries: Record<"kubelet" | "kubeProxy" | "cniPlugins", { source: string; sha256: string }>;
  /** What all of the hosts need. */
  kubeletConfiguration: JsonObject;
  kubeProxyConfiguration: JsonObject;
  containerdConfiguration: JsonObject;
}

/**
 * A program of somebody else, in strict TypeScript, with two pools of a host each: all that may be an Output is one, and its
 * children are transformed.
 */
export const strangersProgram = `
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClusterBootstrap, WorkerPool } from "kubernetes-worker-nodes";
import type {
  BinaryArgs, ClusterArgs, HostArgs, JsonObject, KubeletConfiguration, KubeProxyConfiguration,
} from "kubernetes-worker-nodes";
import { readFileSync } from "node:fs";

interface File { source: string; sha256: string }
interface Values {
  endpoint: string; ca: string; caKey: string; kubeconfig: string; token: string; sshKey: string; arch: "amd64" | "arm64"; kubernetesVersion: string;
  clusterCIDR: string; clusterDNS: string; sandboxImage: string; hosts: { name: string; address: string; hostKey: string }[];
  binaries: Record<"kubelet" | "kubeProxy" | "cniPlugins", File>;
  kubeletConfiguration: KubeletConfiguration; kubeProxyConfiguration: KubeProxyConfiguration; containerdConfiguration: JsonObject;
}
const told = JSON.parse(readFileSync("${valuesFile}", "utf8")) as Values;
const values: pulumi.Output<Values> = pulumi.output(told);

class Rack extends pulumi.ComponentResource {
  readonly ready: pulumi.Output<string[]>;
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("stranger:index:Rack", name, {}, opts);
    const kubeconfig = pulumi.secret(values.kubeconfig);
    const provider = new kubernetes.Provider("cluster", { kubeconfig, clusterIdentifier: "mine" }, { parent: this });
    const bootstrap = new ClusterBootstrap(
      "workers",
      { bootstrapToken: pulumi.secret(values.token), caCertPem: values.ca, caPrivateKeyPem: pulumi.secret(values.caKey) },
      { parent: this, providers: [provider] },
    );
    const cluster: ClusterArgs = {
      kubernetesVersion: values.kubernetesVersion,
      clusterName: pulumi.output("mine"),
      apiServerEndpoint: values.endpoint,
      caCertPem: values.ca,
      clusterCIDR: values.clusterCIDR,
      clusterDNS: [values.clusterDNS],
      clusterDomain: pulumi.output("cluster.local"),
      bootstrapToken: bootstrap.bootstrapToken,
      kubeProxyCertificate: bootstrap.kubeProxyCertificate,
      kubeconfig,
    };
    const file = (of: pulumi.Output<File>): BinaryArgs => ({ source: of.source, sha256: of.sha256 });
    const { kubelet, kubeProxy, cniPlugins } = values.binaries;
    const binaries = { [told.arch]: { kubelet: file(kubelet), kubeProxy: file(kubeProxy), cniPlugins: file(cniPlugins) } };
    const host = (index: number): HostArgs => ({
      nodeName: told.hosts[index]?.name ?? "",
      connection: {
        host: values.hosts.apply((hosts) => hosts[index]?.address ?? ""),
        port: pulumi.output(22),
        hostKey: values.hosts.apply((hosts) => hosts[index]?.hostKey ?? ""),
        privateKey: pulumi.secret(values.sshKey),
      },
      arch: told.arch,
      labels: { rack: pulumi.output("r" + index) },
      taints: [pulumi.output("dedicated=build:PreferNoSchedule"), { key: "gpu", effect: "PreferNoSchedule" }],
      nodeIP: values.hosts.apply((hosts) => hosts[index]?.address ?? ""),
    });
    const kubeletConfiguration: KubeletConfiguration = { maxPods: 200, evictionHard: { "memory.available": "50Mi" } };
    const shared = {
      ...{ cluster, binaries, sandboxImage: values.sandboxImage },
      ...{ kubeProxyConfiguration: values.kubeProxyConfiguration, containerdConfiguration: values.containerdConfiguration },
    };
    const first = new WorkerPool(
      "first",
      { ...shared, hosts: [host(0)], kubeletConfiguration: values.kubeletConfiguration.apply((own) => ({ ...own, ...kubeletConfiguration })) },
      { parent: this },
    );
    const second = new WorkerPool(
      "second",
      {
        ...shared,
        hosts: [{ ...host(1), connection: pulumi.output(host(1).connection) }],
        kubeProxyMode: "iptables",
        kubeletConfiguration: { ...told.kubeletConfiguration, maxPods: pulumi.output(110), shutdownGracePeriod: "30s" },
      },
      {
        parent: this,
        transforms: [
          ({ type, props, opts }) =>
            type.endsWith(":NodeRegistration") ? { props: { ...props, labels: { ...props.labels, transformed: "yes" } }, opts } : undefined,
        ],
      },
    );
    this.ready = pulumi.all([first, second].flatMap(({ nodes }) => Object.values(nodes)).map((node) => node.nodeName));
    this.registerOutputs({ ready: this.ready });
  }
}
export const ready: pulumi.Output<string[]> = new Rack("rack-1").ready;
`;
