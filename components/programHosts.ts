import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../base/fault";
import { defaultFlannelBackend, flannelBackends } from "../base/modes";
import { identitiesOf, type HostView } from "../base/rules/crossChecks";
import { pathText, type Finding, type Path } from "../base/rules/finding";
import { otherBackendFault } from "../base/rules/flannelRules";

/** A cluster as far as it can be told from arguments. */
export interface ClusterIdentity {
  /** Its URL, or what is to give it. */
  apiServerEndpoint: string | object;
  /** Its text, or what is to give it. */
  caCertPem: string | object;
}

/** A component, told from others by being another object. */
export interface Owner {
  /** @example 'WorkerPool "rack-1"' */
  label: string;
}

interface Claim {
  owner: Owner;
  /** Which host of the owner. */
  place: string;
  cluster: ClusterIdentity;
}

/** What is claimed in one program: what -> by whom. */
type Claims = Map<string, Claim[]>;

/** A program has one monitor, its connection to the engine; a process may run several programs, one after the other. */
const programs = new WeakMap<object, Claims>();
const withoutEngine = {};

function claimsOfProgram(): Claims {
  const program: object = pulumi.runtime.getMonitor() ?? withoutEngine;
  const claims = programs.get(program) ?? new Map<string, Claim[]>();
  programs.set(program, claims);
  return claims;
}

function sameCluster(a: ClusterIdentity, b: ClusterIdentity): boolean {
  return a.caCertPem === b.caCertPem || a.apiServerEndpoint === b.apiServerEndpoint;
}

/** Something that one component of a program may have. */
export interface Wish {
  /** What. @example "hostKey ssh-ed25519 AAAA..." */
  key: string;
  /** What another may not have. @default the same */
  against?: string;
  /** Which host of the owner. */
  place: string;
  /** The argument that says so. */
  path: Path;
  cluster: ClusterIdentity;
  /** True where only another component of the same cluster is in the way. */
  inCluster: boolean;
  /** What is wrong where `whose` has it. */
  fault: (whose: string) => Fault;
}

/** Notes what a component has, among all components of the program, or finds what of it another has; then nothing is noted. */
export function claim(owner: Owner, wishes: readonly Wish[]): Finding[] {
  const claims = claimsOfProgram();
  const findings = wishes.flatMap(({ key, against = key, place, path, cluster, inCluster, fault }) => {
    const other = (claims.get(against) ?? []).find(
      (held) => (held.owner !== owner || held.place !== place) && (!inCluster || sameCluster(held.cluster, cluster)),
    );
    if (other === undefined) return [];
    const whose = other.owner === owner ? other.place : `${other.place || "the host"} of ${other.owner.label}`;
    return [{ path, fault: fault(whose) }];
  });
  if (findings.length > 0) return findings;
  for (const { key, place, cluster } of wishes) {
    claims.set(key, [...(claims.get(key) ?? []), { owner, place, cluster }]);
  }
  return [];
}

/** What makes a host itself. A machine is that whichever cluster it is to join; a Node is one of its cluster. */
export function hostWishes(cluster: ClusterIdentity, host: HostView): Wish[] {
  return identitiesOf(host).map(({ kind, value, path, fix }) => ({
    key: `${kind} ${value}`,
    place: pathText(host.path),
    path,
    cluster,
    inCluster: kind === "name" || kind === "nodeIP",
    fault: (whose) => `is that of ${whose} too; ${fix}`,
  }));
}

/** The backend of flannel, where it is that: all nodes of a cluster have one. */
export function flannelWishes(cluster: ClusterIdentity, args: Record<string, unknown>): Wish[] {
  const { cniMode, flannelBackend: own = defaultFlannelBackend } = args;
  if (cniMode !== "flannel" || typeof own !== "string") return [];
  return flannelBackends
    .filter((other) => other !== own)
    .map((other) => ({
      key: `flannelBackend ${own}`,
      against: `flannelBackend ${other}`,
      place: "flannelBackend",
      path: ["flannelBackend"],
      cluster,
      inCluster: true,
      fault: (whose) => otherBackendFault(`${JSON.stringify(other)}, ${whose}`),
    }));
}

/**
 * The name of a node's resource. Pulumi tells resources apart by type, name and the parents' types: two pools, say of two clusters,
 * with a Node of one name each need different names of the resources.
 */
export function resourceWish(
  cluster: ClusterIdentity,
  parent: pulumi.Resource | undefined,
  name: string,
  host: HostView,
): Wish {
  const fix =
    'give the newer pool a resourceNamePrefix, e.g. "rack-2-" (not the older one: other names of resources make its nodes anew)';
  return {
    key: `resource ${typesOf(parent)} ${name}`,
    place: pathText(host.path),
    path: host.name.path,
    cluster,
    inCluster: false,
    fault: (whose) => `is that of ${whose} too, in another cluster, and their resources would have one name; ${fix}`,
  };
}

/** The types of a resource and its parents, which the SDK keeps and leaves out of its type declarations. */
function typesOf(resource: pulumi.Resource | undefined): string {
  const { __pulumiType: type, __parentResource: parent } = (resource ?? {}) as {
    __pulumiType?: string;
    __parentResource?: pulumi.Resource;
  };
  return type === undefined ? "" : `${typesOf(parent)}$${type}`;
}
