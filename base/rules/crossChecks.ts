import type { Arch } from "../arch";
import * as address from "./addressRules";
import { apiServerAddresses, apiServerFindings } from "./apiServerRules";
import { filesFindings } from "./binaryRules";
import { firstOfEachPlace, listOf, pathText, type Finding, type Path } from "./finding";
import { flannelBackendFindings } from "./flannelRules";
import { kubeconfigCertificates, readCertificates, readPrivateKey, shareAuthority } from "./secretRules";
import { hostKeyFault, isEncryptedKey, withoutComment } from "./sshRules";

/** A value as it was given, right or wrong, and its place. */
export interface Placed {
  path: Path;
  value: unknown;
}

/** What is compared of a host. */
export interface HostView {
  /** The host itself. */
  path: Path;
  name: Placed;
  address: Placed;
  /** As a number or its digits; otherwise it is wrong by itself. */
  port: unknown;
  hostKey: Placed;
  nodeIP: Placed;
  arch: unknown;
  /** How its node is made, where that is not as the others'. */
  own?: MadeView;
}

/** How nodes are made. */
export interface MadeView {
  kubernetesVersion: unknown;
  cniMode: unknown;
  flannelBackend: Placed;
  kubeProxyMode: unknown;
  binaries: Record<Arch, Placed>;
}

/** What is compared, wherever it stands in a stack's settings or a component's arguments. */
export interface CrossView extends MadeView {
  /** Undefined for what speaks to no API server. */
  apiServerEndpoint?: Placed;
  apiServers: Placed;
  clusterCIDR: Placed;
  clusterDNS: Placed;
  caCertPem: Placed;
  kubeconfig: Placed;
  hosts: HostView[];
}

/**
 * What is wrong between values: duplicates, addresses in the pods' range, credentials of another cluster, checksums that the hosts'
 * architectures need, and backends of flannel that do not reach each other.
 *
 * Works on the values as written, so that these findings come in the same list as those of single values; a value that is wrong by
 * itself is passed over.
 */
export function crossFindings(view: CrossView): Finding[] {
  return [
    ...duplicateFindings(view.hosts),
    ...podRangeFindings(view),
    ...(view.apiServerEndpoint === undefined ? [] : apiServerFindings(view.apiServerEndpoint, view.apiServers)),
    ...authorityFindings(view.caCertPem, view.kubeconfig),
    ...binaryFindings(view),
    ...flannelBackendFindings(view.hosts.map((host) => host.own ?? view)),
  ];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What makes a host itself: no other host may have the same. */
export interface Identity {
  kind: "name" | "address" | "hostKey" | "nodeIP";
  /** In the one spelling in which it is compared. */
  value: string;
  path: Path;
  /** Why it may not be there twice, and what to do; what follows "is that of X too". */
  fix: string;
}

/** The identities of a host that are right by themselves. */
export function identitiesOf(host: HostView): Identity[] {
  const name = textOf(host.name.value).toLowerCase();
  const key = textOf(host.hostKey.value);
  const hostKey = hostKeyFault(key) === undefined ? withoutComment(key) : "";
  const twice =
    "one machine is listed twice, or machines are copies of one: then make new host keys on each but one (rm /etc/ssh/ssh_host_*; ssh-keygen -A)";
  const nodeIPs = textOf(host.nodeIP.value)
    .split(",")
    // Unspecified is a question to the kubelet and no address.
    .filter((ip) => address.isIPAddress(ip) && !address.isUnspecified(ip))
    .map(address.canonicalAddress);
  const all: Identity[] = [
    { kind: "name", value: name, path: host.name.path, fix: "write another (Nodes' names are compared in lower case)" },
    {
      kind: "address",
      value: endpoint(host),
      path: host.address.path,
      fix: "write another (a host may be listed once, or twice by different ports)",
    },
    { kind: "hostKey", value: hostKey, path: host.hostKey.path, fix: twice },
    ...nodeIPs.map((value): Identity => ({
      kind: "nodeIP",
      value,
      path: host.nodeIP.path,
      fix: "write another (every Node needs its own)",
    })),
  ];
  return all.filter(({ value }) => value !== "");
}

function duplicateFindings(hosts: HostView[]): Finding[] {
  const first = new Map<string, Path>();
  return hosts.flatMap((host) => {
    const findings = identitiesOf(host).flatMap(({ kind, value, path, fix }) => {
      const before = first.get(`${kind} ${value}`);
      return before === undefined ? [] : [{ path, fault: `is that of ${pathText(before) || "another"} too; ${fix}` }];
    });
    for (const { kind, value } of identitiesOf(host)) {
      if (!first.has(`${kind} ${value}`)) first.set(`${kind} ${value}`, host.path);
    }
    return findings;
  });
}

/** Address and port in one spelling; "" where the address is no valid one. */
function endpoint(host: HostView): string {
  const text = textOf(host.address.value).toLowerCase();
  if (text === "" || address.hostAddressFault(text) !== undefined) {
    return "";
  }
  return `${address.canonicalAddress(text)} port ${typeof host.port === "number" || typeof host.port === "string" ? host.port : 22}`;
}

function podRangeFindings(view: CrossView): Finding[] {
  const range = textOf(view.clusterCIDR.value);
  if (range === "" || address.clusterCIDRFault(range) !== undefined) {
    return [];
  }
  const addresses: Placed[] = [
    ...listOf(view.clusterDNS.value).map((value, index) => ({ path: [...view.clusterDNS.path, index], value })),
    ...apiServerAddresses(view.apiServers),
    ...view.hosts.flatMap((host) => [host.address, host.nodeIP]),
  ];
  const fault = `is inside clusterCIDR (${range}), whose addresses are the pods'; write the right address, or correct clusterCIDR`;
  return addresses
    .filter(({ value }) =>
      textOf(value)
        .split(",")
        .some((ip) => address.isIPAddress(ip) && address.isInside(ip, range)),
    )
    .map(({ path }) => ({ path, fault }));
}

/** The CA that nodes are given has to be the one by which the admin knows the API server. */
export function authorityFindings(caCertPem: Placed, kubeconfig: Placed): Finding[] {
  const ofNodes = readCertificates(textOf(caCertPem.value));
  const ofAdmin = kubeconfigCertificates(textOf(kubeconfig.value));
  if (ofNodes === undefined || ofAdmin === undefined || shareAuthority(ofNodes, ofAdmin)) {
    return [];
  }
  const fix = "write the CA's certificate and the kubeconfig of one cluster";
  const fault = `is of another CA than the kubeconfig's certificate-authority-data; ${fix}`;
  return [{ path: caCertPem.path, fault, hidden: true }];
}

/** The CA's key has to be that of a certificate of the CA. */
export function keyPairFindings(caCertPem: Placed, caPrivateKeyPem: Placed): Finding[] {
  const certificates = readCertificates(textOf(caCertPem.value));
  const key = readPrivateKey(textOf(caPrivateKeyPem.value));
  if (
    certificates === undefined ||
    key === undefined ||
    certificates.some((certificate) => certificate.checkPrivateKey(key))
  ) {
    return [];
  }
  const fault = "is not the key of any certificate in caCertPem; write the key and the certificate of one CA";
  return [{ path: caPrivateKeyPem.path, fault }];
}

/**
 * A passphrase without a key, and a key without its passphrase.
 *
 * @param how to give the passphrase, in the words of the door
 */
export function passphraseFindings(key: Placed, passphrase: Placed, how: string): Finding[] {
  const named = String(key.path.at(-1));
  if (key.value === undefined && passphrase.value !== undefined) {
    return [{ path: passphrase.path, fault: `has no ${named} to open; set ${named}, or remove this key` }];
  }
  return isEncryptedKey(textOf(key.value)) && passphrase.value === undefined
    ? [{ path: passphrase.path, fault: `is required, because ${named} is encrypted; ${how}` }]
    : [];
}

/** Each architecture that a host has needs its files. */
function binaryFindings(view: CrossView): Finding[] {
  return firstOfEachPlace(view.hosts.flatMap((host) => filesFindings(host, host.own ?? view)));
}
