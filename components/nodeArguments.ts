import * as pulumi from "@pulumi/pulumi";
import type { Arch } from "../base/arch";
import { releaseSources, type ReleaseSources } from "../base/releaseSources";
import type { CrossView } from "../base/rules/crossChecks";
import { kubeProxyModeWarning } from "../base/rules/kubeProxyModeRules";
import { canonicalEndpoint } from "../base/rules/addressRules";
import { isLoopback } from "../base/rules/apiServerRules";
import { fieldsOf, firstOfEachPlace, type Finding } from "../base/rules/finding";
import { Later } from "../base/rules/later";
import { clusterBootstrapSchema, workerNodeSchema, workerPoolSchema } from "./argumentSchemas";
import {
  bootstrapFindings,
  checkedArguments,
  crossView,
  flannelCertificateFindings,
  hostView,
  nodeFindings,
  poolHosts,
} from "./checkedArgs";
import type { CertificateArgs } from "./clientCertificate";
import type { ClusterBootstrapArgs } from "./clusterBootstrap";
import { claim, flannelWishes, hostWishes, resourceWish, type ClusterIdentity, type Owner } from "./programHosts";
import type { BinaryArgs, CheckedBinaries, CheckedNodeArgs, WorkerNodeArgs } from "./workerNodeArgs";
import type { WorkerPoolArgs } from "./workerPool";

/** Arguments that are checked already: those of a pool's nodes, and of a node's parts. */
const checkedObjects = new WeakSet<object>();

/** Notes that arguments are checked. */
export function asChecked<Args extends object>(args: Args): Args {
  checkedObjects.add(args);
  return args;
}

/** Whether arguments are checked already. */
export function areChecked(args: object): boolean {
  return checkedObjects.has(args);
}

/** A pool's checked arguments: those of each of its nodes, by the name of the node's resource. */
export interface CheckedPoolArgs {
  nodes: { resourceName: string; args: CheckedNodeArgs }[];
}

/** @throws pulumi.RunError naming each argument that is wrong */
export function checkedNodeArgs(name: string, args: WorkerNodeArgs): CheckedNodeArgs {
  if (areChecked(args)) return args as CheckedNodeArgs;
  const owner = { label: `WorkerNode ${JSON.stringify(name)}` };
  const ofArch = (given: Record<string, unknown>, arch: Arch): CrossView["binaries"][Arch] => {
    const value = (given["arch"] ?? "amd64") === arch ? given["binaries"] : undefined;
    return { path: ["binaries"], value };
  };
  const checked = checkedArguments<CheckedNodeArgs>(
    {
      component: owner.label,
      schema: workerNodeSchema,
      between: (given) => {
        const binaries = { amd64: ofArch(given, "amd64"), arm64: ofArch(given, "arm64") };
        return wholeNodeFindings(given, crossView(given, binaries, [hostView(given, [])]));
      },
      claim: claimNode(owner),
    },
    args,
  );
  warnOfMode(owner, checked);
  return { ...checked, binaries: withSources(checked.binaries, checked.cluster.kubernetesVersion, checked.arch) };
}

/** What is wrong between the values of a node or a pool, which has all parts. */
function wholeNodeFindings(args: Record<string, unknown>, view: CrossView): Finding[] {
  const ofFlannel = args["cniMode"] === "flannel" ? flannelCertificateFindings(args) : [];
  return [...nodeFindings(args, view), ...ofFlannel];
}

/** Notes that a host is one node's, or finds what other part of the program has it. */
export function claimNode(owner: Owner): (args: Record<string, unknown>) => Finding[] {
  let cluster: ClusterIdentity | undefined;
  // By what it is at first: later its Outputs are known, and no longer the same.
  return (args) => {
    cluster ??= clusterOf(args);
    return claim(owner, [...hostWishes(cluster, hostView(args, [])), ...flannelWishes(cluster, args)]);
  };
}

/** @throws pulumi.RunError naming each argument that is wrong */
export function checkedPoolArgs(name: string, args: WorkerPoolArgs, parent?: pulumi.Resource): CheckedPoolArgs {
  const owner = { label: `WorkerPool ${JSON.stringify(name)}` };
  let cluster: ClusterIdentity | undefined;
  const checked = checkedArguments<CheckedPool>(
    {
      component: owner.label,
      schema: workerPoolSchema,
      between: (given) => {
        const binaries = fieldsOf(given["binaries"]);
        const byArch: CrossView["binaries"] = {
          amd64: { path: ["binaries", "amd64"], value: binaries["amd64"] },
          arm64: { path: ["binaries", "arm64"], value: binaries["arm64"] },
        };
        return wholeNodeFindings(given, crossView(given, byArch, poolHosts(given)));
      },
      claim: (given, index) => claimPool(owner, given, (cluster ??= clusterOf(given)), parent, index),
    },
    args,
  );
  warnOfMode(owner, checked);
  const { hosts, binaries, resourceNamePrefix, ...shared } = checked;
  const { kubernetesVersion } = shared.cluster;
  return {
    nodes: hosts.map((host) => {
      // The rules of the arguments ask for the files of each host's architecture.
      const ofArch = binaries[host.arch] as CheckedBinaries;
      const node = { ...shared, ...host, binaries: withSources(ofArch, kubernetesVersion, host.arch) };
      return { resourceName: `${resourceNamePrefix}${host.nodeName}`, args: asChecked(node) };
    }),
  };
}

/** Said once for all nodes of a pool. */
function warnOfMode({ label }: Owner, { cluster, kubeProxyMode }: Pick<CheckedNodeArgs, "cluster" | "kubeProxyMode">) {
  pulumi.output(cluster.kubernetesVersion).apply((kubernetesVersion) => {
    const warning = kubeProxyModeWarning({ kubernetesVersion, kubeProxyMode });
    if (warning !== undefined) void pulumi.log.warn(`${label}: ${warning}`);
  });
}

type HostKey = "nodeName" | "connection" | "arch" | "labels" | "taints" | "nodeIP" | "adopt" | "lost";
interface CheckedPool extends Omit<CheckedNodeArgs, HostKey | "binaries"> {
  hosts: Pick<CheckedNodeArgs, HostKey>[];
  binaries: Partial<Record<Arch, CheckedBinaries>>;
  resourceNamePrefix: string;
}

function claimPool(
  owner: Owner,
  args: Record<string, unknown>,
  cluster: ClusterIdentity,
  parent?: pulumi.Resource,
  index?: number,
): Finding[] {
  const prefix = typeof args["resourceNamePrefix"] === "string" ? args["resourceNamePrefix"] : "";
  const hosts = poolHosts(args, index);
  const names = hosts.map((host) => resourceWish(cluster, parent, `${prefix}${String(host.name.value)}`, host));
  // In one cluster it is the Node's name that is in the way, whatever its resources are called.
  const ofHosts = hosts.flatMap((host) => hostWishes(cluster, host));
  return firstOfEachPlace(claim(owner, [...ofHosts, ...names, ...flannelWishes(cluster, args)]));
}

/** The cluster of arguments that are right: what is only known later is the same where it comes from the same Output. */
function clusterOf(args: Record<string, unknown>): ClusterIdentity {
  const { apiServerEndpoint, caCertPem } = fieldsOf(args["cluster"]);
  const identity = (value: unknown, text: (value: string) => string | object): string | object =>
    typeof value === "string" ? text(value) : value instanceof Later ? value.given : {};
  return {
    // A node's own proxy has the same address in all clusters.
    apiServerEndpoint: identity(apiServerEndpoint, (url) => (isLoopback(url) ? {} : canonicalEndpoint(url))),
    caCertPem: identity(caCertPem, (pem) => pem.trim()),
  };
}

/** The official source for each file that has no other. */
export function withSources(
  binaries: CheckedBinaries,
  kubernetesVersion: pulumi.Input<string>,
  arch: Arch,
): CheckedBinaries {
  const { kubelet, kubeProxy, cniPlugins, flanneld, flannelCniPlugin } = binaries;
  const withSource = (name: keyof ReleaseSources, { source, sha256 }: BinaryArgs): Required<BinaryArgs> => {
    const official = pulumi.output(kubernetesVersion).apply((version) => releaseSources(version, arch)[name]);
    return { source: source ?? official, sha256 };
  };
  return {
    kubelet: withSource("kubelet", kubelet),
    ...(kubeProxy && { kubeProxy: withSource("kubeProxy", kubeProxy) }),
    ...(cniPlugins && { cniPlugins: withSource("cniPlugins", cniPlugins) }),
    ...(flanneld && { flanneld: withSource("flanneld", flanneld) }),
    ...(flannelCniPlugin && { flannelCniPlugin: withSource("flannelCniPlugin", flannelCniPlugin) }),
  };
}

/** @throws pulumi.RunError naming each argument that is wrong */
export function checkedBootstrapArgs(name: string, args: ClusterBootstrapArgs): ClusterBootstrapArgs {
  const component = `ClusterBootstrap ${JSON.stringify(name)}`;
  return checkedArguments({ component, schema: clusterBootstrapSchema, between: bootstrapFindings }, args);
}

/**
 * @param kind of the component. @example "KubeProxyCertificate"
 * @throws pulumi.RunError naming each argument that is wrong
 */
export function checkedCertificateArgs(kind: string, name: string, args: CertificateArgs): CertificateArgs {
  const component = `${kind} ${JSON.stringify(name)}`;
  const schema = clusterBootstrapSchema.pick({ caCertPem: true, caPrivateKeyPem: true });
  return checkedArguments({ component, schema, between: bootstrapFindings }, args);
}
