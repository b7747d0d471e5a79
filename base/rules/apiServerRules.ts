import { parse } from "ipaddr.js";
import type { Fault } from "../fault";
import { apiServerEndpointFault, hostAddressFault, isIPAddress } from "./addressRules";
import type { Placed } from "./crossChecks";
import { listOf, pathText, type Finding } from "./finding";

/** The endpoint of a node's own proxy where no other is written, as in the hand-made procedure. */
export const localEndpoint = "https://127.0.0.1:8443";

/** Port at which the proxy says of each API server whether it is alive, at 127.0.0.1. */
export const proxyStatusPort = 8404;

/** Ports of a node that kubelet, kube-proxy and the proxy's own status have unless they are told otherwise. */
const takenPorts = [10248, 10249, 10250, 10255, 10256, proxyStatusPort];

const fix = 'write its address and port, e.g. "10.231.0.1:6443"';

/** Address and port of one of several API servers, as a URL or without its scheme. */
export function apiServerFault(text: string): Fault | undefined {
  const url = urlOf(text);
  if (!/^https:\/\//i.test(text) && !/:\d+$/.test(text)) {
    return /^[a-z]+:\/\//i.test(text) ? `is no https URL; ${fix}` : `has no port; ${fix}`;
  }
  const fault = apiServerEndpointFault(url);
  if (fault !== undefined) return fault;
  return isLoopback(url)
    ? `is an address of the node itself, where no API server is; ${fix} as other machines reach it`
    : undefined;
}

/** An API server in its one spelling. @example canonicalApiServer("https://API.example") // "api.example:443" */
export function canonicalApiServer(text: string): string {
  const { hostname, port } = new URL(urlOf(text));
  return `${hostname}:${port === "" ? 443 : port}`;
}

function urlOf(text: string): string {
  return text.includes("://") ? text : `https://${text}`;
}

/** True where the URL of an endpoint names the machine that asks. */
export function isLoopback(url: string): boolean {
  const host = hostOf(url);
  return host === "localhost" || (isIPAddress(host) && parse(host).range() === "loopback");
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

/** Addresses of API servers that are right by themselves, for what an address may not be. */
export function apiServerAddresses({ path, value }: Placed): Placed[] {
  return listOf(value).flatMap((one, index) => {
    const host = typeof one === "string" && apiServerFault(one) === undefined ? hostOf(urlOf(one)) : "";
    return hostAddressFault(host) === undefined ? [{ path: [...path, index], value: host }] : [];
  });
}

/** What is wrong between the nodes' endpoint and the API servers behind it. */
export function apiServerFindings(endpoint: Placed, servers: Placed): Finding[] {
  const { path, value } = endpoint;
  if (value === undefined) {
    const required = `is required; write the API server's URL, e.g. "https://10.231.0.1:6443", or several as apiServers`;
    return servers.value === undefined ? [{ path, fault: required }] : duplicateFindings(servers);
  }
  const fault = typeof value === "string" && servers.value !== undefined ? proxyEndpointFault(value) : undefined;
  return [...(fault === undefined ? [] : [{ path, fault }]), ...duplicateFindings(servers)];
}

/** The endpoint of a node's own proxy; what is wrong by itself is passed over. */
function proxyEndpointFault(text: string): Fault | undefined {
  if (apiServerEndpointFault(text) !== undefined) return undefined;
  if (!isLoopback(text)) {
    return `is not an address of the node itself, where with apiServers its proxy listens; leave it out, or write e.g. "${localEndpoint}"`;
  }
  const port = Number(new URL(text).port || 443);
  return takenPorts.includes(port)
    ? `has a port that a node has other use for; write e.g. "${localEndpoint}"`
    : undefined;
}

function duplicateFindings({ path, value }: Placed): Finding[] {
  const first = new Map<string, number>();
  return listOf(value).flatMap((one, index) => {
    if (typeof one !== "string" || apiServerFault(one) !== undefined) return [];
    const spelled = canonicalApiServer(one);
    const before = first.get(spelled);
    if (before === undefined) first.set(spelled, index);
    return before === undefined
      ? []
      : [{ path: [...path, index], fault: `is that of ${pathText([...path, before])} too; write each once` }];
  });
}
