import { kubernetesChanges, type KubernetesChange } from "../base/kubernetesChanges";
import { deepMerge } from "./deepMerge";
import type { Finding } from "../base/rules/finding";
import { withHeader } from "./fileHeader";
import { findingLines, overrideFindings, type OverrideRules } from "./overrideErrors";
import { kubeProxyContents, kubeProxyRelations } from "./kubeProxyContents";
import { paths } from "./paths";
import { isJsonObject, type JsonObject, type ProxyMode } from "./types";
import { kubeProxyFields } from "./upstream/kubeProxyFields";
import { renderYaml } from "./yaml";

export interface KubeProxyConfigurationArgs {
  /** Release of the kube-proxy that reads the file, e.g. "1.37.2". */
  kubernetesVersion: string;
  /** The Node's name; the same one the kubelet registers. */
  nodeName: string;
  mode: ProxyMode;
  /** Range(s) of all pods of the cluster, "10.2.0.0/16" or "10.2.0.0/16,fd00:2::/48". */
  clusterCIDR: string;
  /** Fields laid over ours, by upstream's names; see {@link kubeProxyConfigurationErrors} for those refused. @default {} */
  overrides?: JsonObject;
}

/** Where kube-proxy serves its health; all interfaces, because load balancers ask for it. */
const defaultHealthz = "0.0.0.0:10256";
/** Where kube-proxy serves metrics, without authentication; so the host itself only. */
const defaultMetrics = "127.0.0.1:10249";

/**
 * kube-proxy's configuration file.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 * @example renderKubeProxyConfiguration({ kubernetesVersion: "1.37.2", nodeName: "worker-1", mode: "nftables", clusterCIDR: "10.2.0.0/16" })
 */
export function renderKubeProxyConfiguration(args: KubeProxyConfigurationArgs): string {
  const errors = kubeProxyConfigurationErrors(args.overrides ?? {}, args.kubernetesVersion);
  if (errors.length > 0) {
    throw new Error(`kubeProxyConfiguration: ${errors.join("\n")}`);
  }
  return withHeader(renderYaml(deepMerge(ourConfiguration(args), args.overrides ?? {})));
}

function ourConfiguration(args: KubeProxyConfigurationArgs): JsonObject {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: paths.kubeProxyKubeconfig },
    // What comes from pods keeps its source address; only what comes from outside is masqueraded. Any range of the cluster
    // counts as local, so that the file needs not know the Node's podCIDR, which exists only after registration.
    clusterCIDR: args.clusterCIDR,
    detectLocalMode: "ClusterCIDR",
    healthzBindAddress: defaultHealthz,
    // Lower case, as kubelet and kube-proxy make of it anyway: the name in the file is the name of the Node.
    hostnameOverride: args.nodeName.toLowerCase(),
    metricsBindAddress: defaultMetrics,
    // Always written: the default is iptables up to 1.39 and nftables after.
    mode: args.mode,
  };
}

const gone = ({ since }: KubernetesChange): string => `was removed in Kubernetes 1.${since}`;

const rules: OverrideRules = {
  typeName: "KubeProxyConfiguration",
  fields: kubeProxyFields,
  contents: kubeProxyContents,
  relations: kubeProxyRelations,
  protectedFields: {
    apiVersion: "is what this library renders; remove it",
    kind: "is what this library renders; remove it",
    "clientConnection.kubeconfig": `is ${paths.kubeProxyKubeconfig}, which this library writes; remove it`,
    clusterCIDR: "is the setting clusterCIDR; set that",
    hostnameOverride: "is the host's name, which the kubelet registers too; set the host's name",
    mode: "is the setting kubeProxyMode; set that",
  },
  removedFields: {
    "conntrack.max": `${gone(kubernetesChanges.conntrackMaxGone)}; use conntrack.maxPerCore and conntrack.min`,
    resourceContainer: `${gone(kubernetesChanges.resourceContainerGone)}; remove it`,
    udpIdleTimeout: `${gone(kubernetesChanges.udpIdleTimeoutGone)} with the userspace mode; remove it or use conntrack.udpTimeout`,
  },
};

/** Everything wrong with `overrides`: unknown, protected, removed and too new fields, wrong types and wrong content. */
export function kubeProxyConfigurationFindings(overrides: JsonObject, kubernetesVersion: string): Finding[] {
  return overrideFindings(overrides, kubernetesVersion, rules);
}

/** The same, one line each as "path: rule; fix". */
export function kubeProxyConfigurationErrors(overrides: JsonObject, kubernetesVersion: string): string[] {
  return findingLines(kubeProxyConfigurationFindings(overrides, kubernetesVersion));
}

/** The scheduler of mode ipvs, with `overrides` applied. */
export function ipvsScheduler({ ipvs }: JsonObject = {}): string {
  const scheduler = isJsonObject(ipvs) ? ipvs.scheduler : undefined;
  return typeof scheduler === "string" && scheduler !== "" ? scheduler : "rr";
}

/** "address:port" of kube-proxy's two servers as seen from the host itself. */
export interface KubeProxyEndpoints {
  /** /healthz and /livez. */
  healthz: string;
  /** /metrics and /proxyMode. */
  metrics: string;
}

/** The endpoints with `overrides` applied. */
export function kubeProxyEndpoints(overrides: JsonObject = {}): KubeProxyEndpoints {
  return {
    healthz: localEndpoint(overrides.healthzBindAddress, defaultHealthz),
    metrics: localEndpoint(overrides.metricsBindAddress, defaultMetrics),
  };
}

function localEndpoint(override: unknown, fallback: string): string {
  const endpoint = typeof override === "string" && override !== "" ? override : fallback;
  return endpoint.replace(/^(0\.0\.0\.0|\[::\]):/, "127.0.0.1:");
}
