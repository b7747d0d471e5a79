import { IPv4, IPv6, parse } from "ipaddr.js";
import type { Fault } from "../fault";
import { isDnsSubdomain } from "./nameRules";

/**
 * True for an IPv4 address of four decimal parts or an IPv6 address without zone; not for "10.1", which ipaddr.js alone takes as
 * 10.0.0.1.
 */
export function isIPAddress(text: string): boolean {
  return IPv4.isValidFourPartDecimal(text) || (IPv6.isValid(text) && !text.includes("%"));
}

/** An address in its one spelling. @example canonicalAddress("FD00:0::1") // "fd00::1" */
export function canonicalAddress(text: string): string {
  return isIPAddress(text) ? parse(text).toString() : text.toLowerCase();
}

/** An IPv4 address written as an IPv6 one, which programs take for either. */
function mappedFault(text: string): Fault | undefined {
  if (!IPv6.isValid(text)) return undefined;
  const address = IPv6.parse(text);
  return address.isIPv4MappedAddress()
    ? `is an IPv4 address in the form of an IPv6 one; write "${address.toIPv4Address().toString()}"`
    : undefined;
}

/** A host's address for SSH: an IP address or a DNS name. */
export function hostAddressFault(text: string): Fault | undefined {
  // A name whose last label is a number is a mistyped IPv4 address: top-level domains are not numeric (RFC 3696 section 2).
  const isName = isDnsSubdomain(text.toLowerCase()) && !/(^|\.)\d+$/.test(text);
  return isIPAddress(text) || IPv6.isValid(text) || isName
    ? undefined
    : 'is not an IP address or host name; write e.g. "10.0.0.30" (no user, port, URL or brackets: those are other keys)';
}

/** An address of the cluster's DNS Service. */
export function clusterDNSFault(text: string): Fault | undefined {
  if (!isIPAddress(text)) {
    return 'is not an IP address; write the cluster IP of the DNS Service, e.g. "10.1.0.2"';
  }
  const mapped = mappedFault(text);
  if (mapped !== undefined) {
    return mapped;
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

/** One range of addresses, of either family. */
export function cidrFault(text: string): Fault | undefined {
  const prefix = text.split("/")[1] ?? "";
  if (text.includes("%") || prefix !== String(Number(prefix))) {
    return notCIDR;
  }
  if (IPv4.isValidCIDRFourPartDecimal(text)) {
    const network = IPv4.networkAddressFromCIDR(text).toString();
    return text.startsWith(`${network}/`) ? undefined : hostBitsFault(network, text);
  }
  if (IPv6.isValidCIDR(text)) {
    const network = IPv6.networkAddressFromCIDR(text);
    const [address] = IPv6.parseCIDR(text);
    return address.toString() === network.toString() ? undefined : hostBitsFault(network.toRFC5952String(), text);
  }
  return notCIDR;
}

const notCIDR: Fault = 'is not a CIDR; write a network address and prefix length without spaces, e.g. "10.2.0.0/16"';

function hostBitsFault(network: string, text: string): Fault {
  return `has bits set after its prefix; write "${network}/${text.split("/")[1]}"`;
}

/** The address a Node reports: an IP, or one of each family joined by a comma (kubelet --node-ip). */
export function nodeIPFault(text: string): Fault | undefined {
  const addresses = text.split(",");
  if (!addresses.every(isIPAddress)) {
    return 'is not an IP address; write e.g. "10.231.0.11", or "IPv4,IPv6" without spaces for a dual-stack Node';
  }
  const mapped = addresses.map(mappedFault).find((fault) => fault !== undefined);
  if (mapped !== undefined) {
    return mapped;
  }
  const families = new Set(addresses.map((address) => parse(address).kind()));
  if (families.size !== addresses.length) {
    return 'is more than one address of a family; write one, or "IPv4,IPv6"';
  }
  if (addresses.length > 1 && addresses.some(isUnspecified)) {
    // Alone, "::" and "0.0.0.0" are the kubelet's way to ask for an address of that family.
    return 'has an address that only means "any" beside another; write both addresses';
  }
  const unusable = addresses.find((address) => ["loopback", "multicast", "broadcast"].includes(parse(address).range()));
  return unusable === undefined
    ? undefined
    : "is no address that other nodes can reach; write the host's address on the cluster's network";
}

/** True for "0.0.0.0" and "::" in every spelling. */
export function isUnspecified(address: string): boolean {
  return isIPAddress(address) && parse(address).range() === "unspecified";
}

const endpointFix = 'write https, host and port, e.g. "https://10.231.0.1:6443"';

/** The API server's URL. A loopback address is accepted: it means a proxy on every node, ours with `apiServers`. */
export function apiServerEndpointFault(text: string): Fault | undefined {
  if (!URL.canParse(text)) {
    return `is not a URL; ${endpointFix}`;
  }
  const url = new URL(text);
  if (url.protocol !== "https:") {
    return `does not use https, so it would send credentials in clear; ${endpointFix}`;
  }
  if (url.username !== "" || url.password !== "") {
    return `carries a user name or password; ${endpointFix} (nodes authenticate by certificate)`;
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    return `has a path, query or fragment; ${endpointFix}`;
  }
  return serverNameFault(text, url);
}

/**
 * The URL parser takes more than it says: numbers for addresses, backslashes for slashes, it drops tabs and line breaks. What it
 * makes of such a text is seldom what another program makes of it.
 */
function serverNameFault(text: string, url: URL): Fault | undefined {
  const written = /^https:\/\/(\[[0-9a-f:.]+\]|[-_.a-z0-9]+)(?::[1-9]\d*)?\/?$/i.exec(text)?.[1];
  const asRead = text === url.href || text === url.origin ? "" : `, which is read as "${url.origin}"`;
  if (written === undefined || (!written.startsWith("[") && written.toLowerCase() !== url.hostname)) {
    return `is not written as a URL is${asRead}; ${endpointFix}`;
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isUnspecified(host)) {
    return `names no server: ${url.hostname} only means "any"; ${endpointFix}`;
  }
  return hostAddressFault(host) === undefined
    ? mappedFault(host)
    : `names no server: "${host}" is no host name; ${endpointFix}`;
}

/** The endpoint in its one spelling, which is written everywhere: small letters, no slash at the end, no port 443. */
export function canonicalEndpoint(text: string): string {
  return new URL(text).origin;
}

/** True where `address` lies inside one of the comma-separated ranges; both must be valid. */
export function isInside(address: string, ranges: string): boolean {
  const ip = parse(address);
  return ranges.split(",").some((range) => {
    const [network, bits] = IPv4.isValidCIDR(range) ? IPv4.parseCIDR(range) : IPv6.parseCIDR(range);
    return network.kind() === ip.kind() && ip.match([network, bits]);
  });
}
