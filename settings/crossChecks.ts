import { parse } from "ipaddr.js";
import { releaseSources } from "../render/releaseSources";
import { arches } from "../base/arch";
import { clusterCIDRFault, hostAddressFault, isInside, isIPAddress } from "./addressRules";
import { fieldsOf, listOf, type Finding } from "./finding";
import { hostObjectFindings, overrideFindings, versionOf } from "./nodeRules";
import { readCertificates, readPrivateKey } from "./secretRules";
import { isEncryptedKey } from "./sshRules";

/**
 * What is wrong between values: duplicates, addresses in the pods' range, a CA key of another CA, checksums that the hosts'
 * architectures need, and what render/ says of labels, taints and overrides.
 *
 * Works on the configuration as written, so that these findings come in the same list as those of single values; a value that is
 * wrong by itself is passed over.
 */
export function crossFindings(raw: Record<string, unknown>): Finding[] {
  return [
    ...duplicateFindings(raw),
    ...podRangeFindings(raw),
    ...keyPairFindings(raw),
    ...sshFindings(raw),
    ...binaryFindings(raw),
    ...hostObjectFindings(raw),
    ...overrideFindings(raw),
  ];
}

function hostsOf(raw: Record<string, unknown>): Record<string, unknown>[] {
  return listOf(raw["hosts"]).map(fieldsOf);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function duplicateFindings(raw: Record<string, unknown>): Finding[] {
  const hosts = hostsOf(raw);
  const sshPort = raw["sshPort"] ?? 22;
  return [
    ...repeated(hosts, "name", (host) => textOf(host["name"]).toLowerCase(), "Nodes' names are compared in lower case"),
    ...repeated(
      hosts,
      "address",
      (host) => endpoint(host, sshPort),
      "a host may be listed once, or twice by different ports",
    ),
    ...repeated(hosts, "nodeIP", (host) => textOf(host["nodeIP"]), "every Node needs its own"),
  ];
}

/** Findings for each host whose `field` gives the same non-empty identity as an earlier host's. */
function repeated(
  hosts: Record<string, unknown>[],
  field: string,
  identify: (host: Record<string, unknown>) => string,
  reason: string,
): Finding[] {
  const identities = hosts.map(identify);
  return identities.flatMap((identity, index) => {
    const first = identities.indexOf(identity);
    const fault = `is that of hosts[${first}] too; write another (${reason})`;
    return identity !== "" && first < index ? [{ path: ["hosts", index, field], fault }] : [];
  });
}

/** Address and port in one spelling; "" where the address is no valid one. */
function endpoint(host: Record<string, unknown>, sshPort: unknown): string {
  const address = textOf(host["address"]).toLowerCase();
  if (address === "" || hostAddressFault(address) !== undefined) {
    return "";
  }
  return `${isIPAddress(address) ? parse(address).toString() : address} port ${String(host["port"] ?? sshPort)}`;
}

function podRangeFindings(raw: Record<string, unknown>): Finding[] {
  const range = textOf(raw["clusterCIDR"]);
  if (range === "" || clusterCIDRFault(range) !== undefined) {
    return [];
  }
  const addresses: Finding["path"][] = [
    ...listOf(raw["clusterDNS"]).map((_, index) => ["clusterDNS", index]),
    ...hostsOf(raw).flatMap((_, index) => [
      ["hosts", index, "address"],
      ["hosts", index, "nodeIP"],
    ]),
  ];
  return addresses.flatMap((path) => {
    const [key, index = 0, field] = path;
    const entry = listOf(raw[String(key)])[Number(index)];
    const text = textOf(field === undefined ? entry : fieldsOf(entry)[field]);
    const inside = text.split(",").some((address) => isIPAddress(address) && isInside(address, range));
    const fault = `is inside clusterCIDR (${range}), whose addresses are the pods'; write the right address, or correct clusterCIDR`;
    return inside ? [{ path, fault }] : [];
  });
}

function keyPairFindings(raw: Record<string, unknown>): Finding[] {
  const certificates = readCertificates(textOf(raw["caCertPem"]));
  const key = readPrivateKey(textOf(raw["caPrivateKeyPem"]));
  if (
    certificates === undefined ||
    key === undefined ||
    certificates.some((certificate) => certificate.checkPrivateKey(key))
  ) {
    return [];
  }
  const fault = "is not the key of any certificate in caCertPem; write the key and the certificate of one CA";
  return [{ path: ["caPrivateKeyPem"], fault }];
}

function sshFindings(raw: Record<string, unknown>): Finding[] {
  const key = textOf(raw["sshPrivateKey"]);
  const hasPassword = raw["sshPrivateKeyPassword"] !== undefined;
  if (key === "" && hasPassword) {
    return [
      { path: ["sshPrivateKeyPassword"], fault: "has no sshPrivateKey to open; set sshPrivateKey, or remove this key" },
    ];
  }
  if (isEncryptedKey(key) && !hasPassword) {
    const fix = "set it: pulumi config set --secret kubernetes-worker-nodes:sshPrivateKeyPassword (or use an agent)";
    return [{ path: ["sshPrivateKeyPassword"], fault: `is required, because sshPrivateKey is encrypted; ${fix}` }];
  }
  return [];
}

/** Each architecture that a host has needs its files. */
function binaryFindings(raw: Record<string, unknown>): Finding[] {
  const hosts = hostsOf(raw);
  const bridge = (raw["cniMode"] ?? "bridge") === "bridge";
  const files = bridge ? "kubelet, kubeProxy and cniPlugins" : "kubelet and kubeProxy";
  return arches.flatMap((arch) => {
    const index = hosts.findIndex((host) => (host["arch"] ?? "amd64") === arch);
    const binaries = fieldsOf(raw["binaries"])[arch];
    if (index < 0) {
      return [];
    }
    if (binaries === undefined) {
      const published = `${releaseSources(versionOf(raw["kubernetesVersion"]), arch).kubelet}.sha256`;
      const fix = `write ${files}, each with its sha256 (published beside the file, as ${published})`;
      const fault = `is required, because hosts[${index}] is ${arch}; ${fix}`;
      return [{ path: ["binaries", arch], fault }];
    }
    const missing = bridge && fieldsOf(binaries)["cniPlugins"] === undefined;
    const fault =
      'is required with cniMode "bridge"; write the sha256 of the containernetworking/plugins release archive';
    return missing ? [{ path: ["binaries", arch, "cniPlugins"], fault }] : [];
  });
}
