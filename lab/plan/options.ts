import * as ipaddr from "ipaddr.js";
import * as semver from "semver";
import { LabError } from "../machine/errors";
import { versions } from "../binaries/versions";

/** What a person can ask of a lab. */
export interface LabOptions {
  /** Names the lab and everything of it on the machine. @default "lab" */
  name: string;
  /** Number of hosts that are containers. @default 2 */
  hosts: number;
  /** Number of hosts beside these that are virtual machines. @default 0 */
  vmHosts: number;
  /** Whether flannel's binaries are there, for cniMode flannel. @default false, they need not be built then */
  flannel: boolean;
  /** Release of Debian that the hosts are. @default "12" */
  debian: DebianRelease;
  /** Number of API servers, on ports from 6443 on. @default 1 */
  apiServers: number;
  /** Kubernetes release of control plane and nodes, without "v". @default 1.37.2 */
  kubernetesVersion: string;
  /** Release of which kubelet and kube-proxy are there too, for hosts older than the control plane. @default none */
  olderKubernetesVersion?: string;
  /** IPv4 network of the machine's bridge and the hosts. @default 10.231.0.0/24 */
  subnet: string;
  /** IPv4 network of the pods, a /16. @default 10.2.0.0/16 on the default subnet, see {@link defaultClusterCIDR} */
  clusterCIDR: string;
  /** Folder with binaries to take before all other sources. */
  binaries?: string;
}

/** Releases of Debian that hosts may be, and the names of their packages' suites. */
export const debianReleases = { "12": "bookworm", "13": "trixie" } as const;
export type DebianRelease = keyof typeof debianReleases;

export const defaultSubnet = "10.231.0.0/24";
/** Hosts get .11 and up; 200 of them end before the broadcast address of a /24. */
export const maxHosts = 200;
/** Virtual machines get .211 and up. */
export const maxVmHosts = 40;
export const maxApiServers = 3;

/** Lays defaults under what was asked for. Throws {@link LabError} naming the value and the rule. */
export function completeOptions(asked: Partial<LabOptions>): LabOptions {
  const name = asked.name ?? "lab";
  if (!/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(name)) {
    throw new LabError(
      `--name "${name}": not a name for a lab`,
      "use at most 30 lower-case letters, digits and inner hyphens",
    );
  }
  const vmHosts = count("--vm-hosts", asked.vmHosts ?? 0, 0, maxVmHosts, "hosts");
  const hosts = count("--hosts", asked.hosts ?? 2, vmHosts > 0 ? 0 : 1, maxHosts, "hosts");
  const apiServers = count("--api-servers", asked.apiServers ?? 1, 1, maxApiServers, "API servers");
  const debian = debianRelease(asked.debian ?? "12");
  const kubernetesVersion = release("--kubernetes-version", asked.kubernetesVersion ?? versions.kubernetes);
  const older = asked.olderKubernetesVersion;
  const olderKubernetesVersion = older === undefined ? undefined : release("--older-kubernetes-version", older);
  const subnet = network("--subnet", asked.subnet ?? defaultSubnet, 24, 24);
  const clusterCIDR = network("--cluster-cidr", asked.clusterCIDR ?? defaultClusterCIDR(subnet), 16, 16);
  const flannel = asked.flannel ?? false;
  const made = { name, hosts, vmHosts, flannel, apiServers, debian, kubernetesVersion, subnet, clusterCIDR };
  return { ...made, olderKubernetesVersion, binaries: asked.binaries };
}

function release(option: string, value: string): string {
  const version = value.replace(/^v/, "");
  if (semver.valid(version)) return version;
  throw new LabError(`${option} "${version}": not a version`, `give all three numbers, such as ${versions.kubernetes}`);
}

/**
 * The pods' network of a lab: 10.2.0.0/16 on the default subnet. A lab on another subnet gets another one, counted on
 * from the second and third number, since the machine routes for all of its labs.
 *
 * @example defaultClusterCIDR("10.232.0.0/24") // "10.3.0.0/16"
 */
export function defaultClusterCIDR(subnet: string): string {
  const [, second = 0, third = 0] = ipaddr.IPv4.parseCIDR(subnet)[0].octets;
  const step = (((second - 231 + third) % 100) + 100) % 100;
  return `10.${2 + step}.0.0/16`;
}

function debianRelease(value: string): DebianRelease {
  const releases = Object.keys(debianReleases) as DebianRelease[];
  const found = releases.find((release) => release === value);
  if (found !== undefined) return found;
  throw new LabError(`--debian "${value}": not a release that hosts may be`, `give one of ${releases.join(", ")}`);
}

function count(option: string, value: number, least: number, most: number, what: string): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new LabError(`${option} ${value}: not a number of ${what}`, `give a whole number from ${least} to ${most}`);
}

function network(option: string, value: string, shortest: number, longest: number): string {
  const rule = shortest === longest ? `an IPv4 /${shortest}` : `an IPv4 network from /${shortest} to /${longest}`;
  const fix = `give ${rule} that starts at its network address, such as 10.232.0.0/${shortest}`;
  if (!ipaddr.IPv4.isValidCIDR(value)) throw new LabError(`${option} "${value}": not a network`, fix);
  const [address, prefix] = ipaddr.IPv4.parseCIDR(value);
  if (prefix < shortest || prefix > longest) throw new LabError(`${option} "${value}": /${prefix} is not ${rule}`, fix);
  if (ipaddr.IPv4.networkAddressFromCIDR(value).toString() !== address.toString()) {
    throw new LabError(`${option} "${value}": has bits beyond its prefix`, fix);
  }
  return value;
}
