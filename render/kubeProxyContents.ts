import * as rule from "./contentRules";
import { isJsonObject } from "./types";

// What kube-proxy itself checks at its start (pkg/proxy/apis/config/validation of 1.34 to 1.37).

const nodePortAddress: rule.ContentRule = (value, key) =>
  ["primary", "localhost", "all"].includes(rule.textOf(value)) ? undefined : rule.cidr(value, key) && nodePortFault;
const nodePortFault = 'must be a CIDR or one of the words "primary", "localhost" and "all"; write e.g. "10.0.0.0/8"';

/** What ipvsadm(8) names, each a module of the kernel; nothing for kube-proxy's own choice, rr. */
const schedulers = ["", "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "mh", "fo", "ovf", "twos"];

const syncPeriods = (mode: string): rule.ContentRules => ({
  [`${mode}.syncPeriod`]: rule.lasting(1),
  [`${mode}.minSyncPeriod`]: rule.lasting(0),
});

/** Rules of single fields of KubeProxyConfiguration. */
export const kubeProxyContents: rule.ContentRules = {
  ...rule.loggingRules("logging"),
  ...syncPeriods("iptables"),
  ...syncPeriods("nftables"),
  ...syncPeriods("ipvs"),
  bindAddress: rule.ipAddressOrNone,
  "clientConnection.burst": rule.between(0),
  configSyncPeriod: rule.lasting(1),
  "conntrack.maxPerCore": rule.between(0),
  "conntrack.min": rule.between(0),
  "conntrack.tcpCloseWaitTimeout": rule.lasting(0),
  "conntrack.tcpEstablishedTimeout": rule.lasting(0),
  "conntrack.udpStreamTimeout": rule.lasting(0),
  "conntrack.udpTimeout": rule.lasting(0),
  detectLocalMode: rule.oneOf("ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"),
  "featureGates.*": rule.featureGate,
  healthzBindAddress: rule.addressAndPort,
  "iptables.masqueradeBit": rule.between(0, 31),
  "ipvs.excludeCIDRs[]": rule.cidr,
  "ipvs.scheduler": rule.oneOf(...schedulers),
  "ipvs.tcpFinTimeout": rule.lasting(0),
  "ipvs.tcpTimeout": rule.lasting(0),
  "ipvs.udpTimeout": rule.lasting(0),
  metricsBindAddress: rule.addressAndPort,
  "nftables.masqueradeBit": rule.between(0, 31),
  "nodePortAddresses[]": nodePortAddress,
  oomScoreAdj: rule.between(-1000, 1000),
};

/** Rules between fields of KubeProxyConfiguration. */
export const kubeProxyRelations: readonly rule.RelationRule[] = [
  (overrides) =>
    ["iptables", "nftables", "ipvs"].flatMap((mode) => {
      const { syncPeriod, minSyncPeriod } = isJsonObject(overrides[mode]) ? overrides[mode] : {};
      const least = rule.milliseconds(minSyncPeriod) ?? 0;
      const fault = "must not be longer than syncPeriod (30s where not set); change one of them";
      return least > (rule.milliseconds(syncPeriod) ?? 30_000) ? rule.about(`${mode}.minSyncPeriod`, fault) : [];
    }),
  ({ detectLocalMode: mode, detectLocal }) => {
    const given = isJsonObject(detectLocal) ? detectLocal : {};
    const needed = { BridgeInterface: "bridgeInterface", InterfaceNamePrefix: "interfaceNamePrefix" }[
      rule.textOf(mode)
    ];
    return needed === undefined || (typeof given[needed] === "string" && given[needed] !== "")
      ? []
      : rule.about("detectLocalMode", `needs detectLocal.${needed}; write that too`);
  },
];
