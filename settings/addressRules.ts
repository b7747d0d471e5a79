import { IPv4, IPv6, parse } from "ipaddr.js";
import type { Fault } from "../base/fault";
import { isDnsSubdomain } from "./nameRules";

/** True for an IPv4 address of four decimal parts or an IPv6 address; not for "10.1", which ipaddr.js alone takes as 10.0.0.1. */
export function isIPAddress(text: string): boolean {
  return IPv4.isValidFourPartDecimal(text) || IPv6.isValid(text);
}

/** A host's address for SSH: an IP address or a DNS name. */
export function hostAddressFault(text: string): Fault | undefined {
  // A name whose last label is a number is a mistyped IPv4 address: top-level domains are not numeric (RFC 3696 section 2).
  const isName = isDnsSubdomain(text.toLowerCase()) && !/(^|\.)\d+$/.test(text);
  return isIPAddress(text) || isName
    ? undefined
    : 'is not an IP address or host name; write e.g. "10.0.0.30" (no user, port, URL or brackets: those are other keys)';
}

/** An address of the cluster's DNS Service. */
export function clusterDNSFault(text: string): Fault | undefined {
  if (!isIPAddress(text)) {
    return 'is not an IP address; write the cluster IP of the DNS Service, e.g. "10.1.0.2"';
  }
  const range = parse(text).range();
  // Pods get the address as their name server: in a pod's own network namespace these would lead nowhere. Link-local stays
  // allowed, because NodeLocal DNSCache listens at 169.254.20.10.
  return ["loopback", "unspecified", "multicast", "broadcast"].includes(range)
    ? `is a ${range} address, which no pod can ask; write the cluster IP of the DNS Service, e.g. "10.1.0.2"`
    : undefined;
}

/** The pods' range: one CIDR, or one of each family joined by a comma. */
export function clusterCIDRFault(text: string): Fault | undefined {
  const ranges = text.split(",");
  for (const range of ranges) {
    const fault = cidrFault(range);
    if (fault !== undefined) {
      return fault;
    }
  }
  const families = new Set(ranges.map((range) => (range.includes(":") ? 6 : 4)));
  return families.size === ranges.length
    ? undefined
    : 'is more than one range of a family; write one CIDR, or "IPv4,IPv6", e.g. "10.2.0.0/16,fd00:10:2::/48"';
}

function cidrFault(text: string): Fault | undefined {
  if (IPv4.isValidCIDRFourPartDecimal(text)) {
    const network = IPv4.networkAddressFromCIDR(text).toString();
    return text.startsWith(`${network}/`) ? undefined : hostBitsFault(network, text);
  }
  if (IPv6.isValidCIDR(text)) {
    const network = IPv6.networkAddressFromCIDR(text);
    const [address] = IPv6.parseCIDR(text);
    return address.toString() === network.toString() ? undefined : hostBitsFault(network.toRFC5952String(), text);
  }
  return 'is not a CIDR; write a network address and prefix length without spaces, e.g. "10.2.0.0/16"';
}

function hostBitsFault(network: string, text: string): Fault {
  return `has bits set after its prefix; write "${network}/${text.split("/")[1]}"`;
}

/** The address a Node reports: an IP, or one of each family joined by a comma (kubelet --node-ip). */
export function nodeIPFault(text: string): Fault | undefined {
  const addresses = text.split(",");
  if (!addresses.every(isIPAddress)) {
    return 'is not an IP address; write e.g. "10.231.0.11", or "IPv4,IPv6" without spaces for a dual-stack Node';
  }
  const families = new Set(addresses.map((address) => parse(address).kind()));
  if (families.size !== addresses.length) {
    return 'is more than one address of a family; write one, or "IPv4,IPv6"';
  }
  const unusable = addresses.find((address) => ["loopback", "multicast", "broadcast"].includes(parse(address).range()));
  return unusable === undefined
    ? undefined
    : "is no address that other nodes can reach; write the host's address on the cluster's network";
}

/** The API server's URL. A loopback address is accepted: it means a proxy on every node, which this program does not install. */
export function apiServerEndpointFault(text: string): Fault | undefined {
  const fix = 'write https, host and port, e.g. "https://10.231.0.1:6443"';
  if (!URL.canParse(text)) {
    return `is not a URL; ${fix}`;
  }
  const url = new URL(text);
  if (url.protocol !== "https:") {
    return `does not use https, so it would send credentials in clear; ${fix}`;
  }
  if (url.username !== "" || url.password !== "") {
    return `carries a user name or password; ${fix} (nodes authenticate by certificate)`;
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    return `has a path, query or fragment; ${fix}`;
  }
  return ["0.0.0.0", "[::]"].includes(url.hostname)
    ? `names no server: ${url.hostname} only means "any"; ${fix}`
    : undefined;
}

/** True where `address` lies inside one of the comma-separated ranges; both must be valid. */
export function isInside(address: string, ranges: string): boolean {
  const ip = parse(address);
  return ranges.split(",").some((range) => {
    const [network, bits] = IPv4.isValidCIDR(range) ? IPv4.parseCIDR(range) : IPv6.parseCIDR(range);
    return network.kind() === ip.kind() && ip.match([network, bits]);
  });
}
