import { deepMerge } from "./deepMerge";
import type { Finding } from "../base/rules/finding";
import { withHeader } from "./fileHeader";
import { isSince, kubernetesChanges } from "../base/kubernetesChanges";
import { findingLines, overrideFindings, type OverrideRules } from "./overrideErrors";
import { kubeletContents, kubeletRelations } from "./kubeletContents";
import { paths } from "./paths";
import type { JsonObject } from "./types";
import { kubeletFields } from "./upstream/kubeletFields";
import { renderYaml } from "./yaml";

export interface KubeletConfigurationArgs {
  /** Release of the kubelet that reads the file, e.g. "1.37.2". */
  kubernetesVersion: string;
  /** Addresses of the cluster's DNS Service, e.g. ["10.96.0.10"]. */
  clusterDNS: string[];
  /** Domain of Services, without a trailing dot: the dot would end up in the pods' search lists. */
  clusterDomain: string;
  /** Fields laid over ours, by upstream's names; see {@link kubeletConfigurationErrors} for those refused. @default {} */
  overrides?: JsonObject;
}

/** Suites with forward secrecy and authenticated encryption, spelled as CIS lists them. TLS 1.3 has its own and ignores this. */
const strongCipherSuites = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
];

/**
 * The kubelet's configuration file: upstream's defaults, except where they are insecure or depend on the host.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 * @example renderKubeletConfiguration({ kubernetesVersion: "1.37.2", clusterDNS: ["10.96.0.10"], clusterDomain: "cluster.local" })
 */
export function renderKubeletConfiguration(args: KubeletConfigurationArgs): string {
  const errors = kubeletConfigurationErrors(args.overrides ?? {}, args.kubernetesVersion);
  if (errors.length > 0) {
    throw new Error(`kubeletConfiguration: ${errors.join("\n")}`);
  }
  return withHeader(renderYaml(deepMerge(ourConfiguration(args), args.overrides ?? {})));
}

function ourConfiguration(args: KubeletConfigurationArgs): JsonObject {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    // The file's defaults already are these; written out, because audits read the file and the *flags'* defaults differ.
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: paths.caCert },
    },
    authorization: { mode: "Webhook" },
    readOnlyPort: 0,
    // Matches SystemdCgroup in containerd's drop-in. containerd 2 tells the kubelet anyway, and that answer wins.
    cgroupDriver: "systemd",
    clusterDNS: args.clusterDNS,
    clusterDomain: args.clusterDomain,
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    failSwapOn: true,
    // An evictionHard with one signal would drop upstream's other defaults, e.g. imagefs.inodesFree (since 1.33).
    mergeDefaultEvictionSettings: true,
    // Upstream sets no limit, so that one fork bomb takes the node. Each thread counts; JVMs and databases stay below.
    podPidsLimit: 4096,
    // Upstream's default is false: the client certificate from bootstrap would run out after a year.
    rotateCertificates: true,
    // Containers get the runtime's seccomp profile unless a pod says otherwise; upstream's default is Unconfined.
    seccompDefault: true,
    // True would leave the kubelet without any serving certificate until somebody approves its request, which upstream's
    // controller never does: no logs, no exec. Until an approver runs, the certificate is self-signed.
    serverTLSBootstrap: false,
    staticPodPath: paths.staticPods,
    tlsCipherSuites: strongCipherSuites,
    // Not set on purpose: podCIDR (the Node's spec says it), protectKernelDefaults (the kubelet sets the kernel's tunables
    // itself), rate limits (upstream raised them in 1.27), streamingConnectionIdleTimeout (no effect since 1.34).
  };
}

const openNode = "callers without credentials would control the node; leave it out and grant access by RBAC on nodes/*";

const rules: OverrideRules = {
  typeName: "KubeletConfiguration",
  fields: kubeletFields,
  contents: kubeletContents,
  relations: kubeletRelations,
  protectedFields: {
    apiVersion: "is what this library renders; remove it",
    kind: "is what this library renders; remove it",
    "authentication.anonymous.enabled": openNode,
    "authorization.mode": openNode,
    readOnlyPort: openNode,
    "authentication.x509.clientCAFile": `is ${paths.caCert}, written from the setting caCertPem; set that`,
    cgroupDriver: "is systemd for kubelet and containerd together; remove it",
    clusterDNS: "is the setting clusterDNS; set that",
    clusterDomain: "is the setting clusterDomain; set that",
    containerRuntimeEndpoint: `is unix://${paths.containerdSocket}, the containerd this library configures; remove it`,
    podCIDR: "has no effect on a node of a cluster, whose range is in its Node's spec; remove it",
    registerNode: "must stay true, joining the cluster means that the Node registers; remove it",
    registerWithTaints: "only works at the first registration; set taints of the host instead, they are kept",
    rotateCertificates: "must stay true, the bootstrap token is gone when the first certificate ends; remove it",
  },
};

/** Everything wrong with `overrides`: unknown, protected, removed and too new fields, wrong types and wrong content. */
export function kubeletConfigurationFindings(overrides: JsonObject, kubernetesVersion: string): Finding[] {
  return overrideFindings(overrides, kubernetesVersion, rules);
}

/** The same, one line each as "path: rule; fix". */
export function kubeletConfigurationErrors(overrides: JsonObject, kubernetesVersion: string): string[] {
  return findingLines(kubeletConfigurationFindings(overrides, kubernetesVersion));
}

/** What host checks need to know of the merged configuration. */
export interface KubeletHostFacts {
  /** The kubelet refuses to start while swap is on. */
  failSwapOn: boolean;
  /** The kubelet refuses to start on cgroup v1. */
  failCgroupV1: boolean;
  /** Port of the kubelet's API. */
  port: number;
  /** resolv.conf handed to pods; "" = none. */
  resolvConf: string;
  /** "address:port" of /healthz on the host itself; undefined where healthzPort is 0. */
  healthz?: string;
}

/** The facts with `overrides` applied and upstream's defaults where neither says. */
export function kubeletHostFacts(overrides: JsonObject = {}, kubernetesVersion = "1.37.0"): KubeletHostFacts {
  const healthzPort = number(overrides.healthzPort, 10248);
  return {
    failSwapOn: overrides.failSwapOn !== false,
    failCgroupV1:
      typeof overrides.failCgroupV1 === "boolean"
        ? overrides.failCgroupV1
        : isSince(kubernetesChanges.cgroupV1Refused, kubernetesVersion),
    port: number(overrides.port, 10250),
    resolvConf: typeof overrides.resolvConf === "string" ? overrides.resolvConf : "/etc/resolv.conf",
    healthz: healthzPort === 0 ? undefined : localEndpoint(overrides.healthzBindAddress, healthzPort),
  };
}

function number(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function localEndpoint(address: unknown, port: number): string {
  const wildcard = typeof address !== "string" || ["", "0.0.0.0", "::"].includes(address);
  const host = wildcard ? "127.0.0.1" : address;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
