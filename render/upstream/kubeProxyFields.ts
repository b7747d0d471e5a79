import { list, map, object, type ValueOf } from "./fieldTypes";
import { logging } from "./logging";

/**
 * Fields of KubeProxyConfiguration in kubeproxy.config.k8s.io/v1alpha1, in the order of upstream's type.
 * Source: k8s.io/kube-proxy config/v1alpha1/types.go and component-base config/v1alpha1, the same at 0.34.4 to 0.37.2.
 */
export const kubeProxyFields = object({
  apiVersion: "string",
  kind: "string",
  featureGates: map("boolean"),
  clientConnection: object({
    kubeconfig: "string",
    acceptContentTypes: "string",
    contentType: "string",
    qps: "number",
    burst: "integer",
  }),
  logging,
  hostnameOverride: "string",
  bindAddress: "string",
  healthzBindAddress: "string",
  metricsBindAddress: "string",
  bindAddressHardFail: "boolean",
  enableProfiling: "boolean",
  showHiddenMetricsForVersion: "string",
  mode: "string",
  iptables: object({
    masqueradeBit: "integer",
    masqueradeAll: "boolean",
    localhostNodePorts: "boolean",
    syncPeriod: "duration",
    minSyncPeriod: "duration",
  }),
  ipvs: object({
    syncPeriod: "duration",
    minSyncPeriod: "duration",
    scheduler: "string",
    excludeCIDRs: list("string"),
    strictARP: "boolean",
    tcpTimeout: "duration",
    tcpFinTimeout: "duration",
    udpTimeout: "duration",
  }),
  nftables: object({
    masqueradeBit: "integer",
    masqueradeAll: "boolean",
    syncPeriod: "duration",
    minSyncPeriod: "duration",
  }),
  winkernel: object({
    networkName: "string",
    sourceVip: "string",
    enableDSR: "boolean",
    rootHnsEndpointName: "string",
    forwardHealthCheckVip: "boolean",
  }),
  detectLocalMode: "string",
  detectLocal: object({ bridgeInterface: "string", interfaceNamePrefix: "string" }),
  clusterCIDR: "string",
  nodePortAddresses: list("string"),
  oomScoreAdj: "integer",
  conntrack: object({
    maxPerCore: "integer",
    min: "integer",
    tcpEstablishedTimeout: "duration",
    tcpCloseWaitTimeout: "duration",
    tcpBeLiberal: "boolean",
    udpTimeout: "duration",
    udpStreamTimeout: "duration",
  }),
  configSyncPeriod: "duration",
  portRange: "string",
  windowsRunAsService: "boolean",
});

/**
 * Fields of a KubeProxyConfiguration, by upstream's names; null takes one away that this library would write.
 * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 */
export type KubeProxyConfiguration = ValueOf<typeof kubeProxyFields>;
