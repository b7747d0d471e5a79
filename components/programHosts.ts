import * as pulumi from "@pulumi/pulumi";
import { identitiesOf, type HostView } from "../base/rules/crossChecks";
import { pathText, type Finding, type Path } from "../base/rules/finding";

/** A cluster as far as it can be told from arguments. */
export interface ClusterIdentity {
  apiServerEndpoint: string;
  /** Where it is known when the program runs. */
  caCertPem?: string;
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
  const sameCA = a.caCertPem !== undefined && a.caCertPem.trim() === b.caCertPem?.trim();
  return sameCA || a.apiServerEndpoint === b.apiServerEndpoint;
}

/**
 * Notes which machines and Nodes a component has, among all components of the program, and finds those that another has too. A
 * machine is itself whichever cluster it is to join; names and addresses of Nodes are only compared within a cluster.
 */
export function claimHost(owner: Owner, cluster: ClusterIdentity, host: HostView): Finding[] {
  const claims = claimsOfProgram();
  const place = pathText(host.path);
  return identitiesOf(host).flatMap(({ kind, value, path, fix }) => {
    const key = `${kind} ${value}`;
    const ofNode = kind === "name" || kind === "nodeIP";
    const others = (claims.get(key) ?? []).filter((claim) => claim.owner !== owner || claim.place !== place);
    const other = others.find((claim) => !ofNode || sameCluster(claim.cluster, cluster));
    claims.set(key, [...(claims.get(key) ?? []), { owner, place, cluster }]);
    if (other === undefined) return [];
    const whose = other.owner === owner ? other.place : `${other.place || "the host"} of ${other.owner.label}`;
    return [{ path, fault: `is that of ${whose} too; ${fix}` }];
  });
}

/**
 * Notes the name of a node's resource. Pulumi tells resources apart by type, name and the parents' types: two pools, say of two
 * clusters, with a Node of one name each need different names of the resources.
 */
export function claimResource(owner: Owner, parent: pulumi.Resource | undefined, name: string, path: Path): Finding[] {
  const claims = claimsOfProgram();
  const key = `resource ${typesOf(parent)} ${name}`;
  const other = (claims.get(key) ?? []).find((claim) => claim.owner !== owner);
  claims.set(key, [...(claims.get(key) ?? []), { owner, place: name, cluster: { apiServerEndpoint: "" } }]);
  const fix =
    'give the newer pool a resourceNamePrefix, e.g. "rack-2-" (not the older one: other names of resources make its nodes anew)';
  return other === undefined
    ? []
    : [{ path, fault: `is a name of ${other.owner.label} too, so that resources would have one name; ${fix}` }];
}

/** The types of a resource and its parents, which the SDK keeps and leaves out of its type declarations. */
function typesOf(resource: pulumi.Resource | undefined): string {
  const { __pulumiType: type, __parentResource: parent } = (resource ?? {}) as {
    __pulumiType?: string;
    __parentResource?: pulumi.Resource;
  };
  return type === undefined ? "" : `${typesOf(parent)}$${type}`;
}
