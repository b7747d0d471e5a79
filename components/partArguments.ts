import { z } from "zod";
import { without } from "../base/without";
import { later } from "../base/rules/later";
import type { CrossView } from "../base/rules/crossChecks";
import { fieldsOf, valueAt, type Finding } from "../base/rules/finding";
import { clusterSchema, nodeBinariesSchema, workerNodeSchema } from "./argumentSchemas";
import { checkedArguments, crossView, flannelCertificateFindings, hostView, nodeFindings } from "./checkedArgs";
import { areChecked, claimNode, withSources } from "./nodeArguments";
import type { NodePartArgs } from "./nodePartArgs";

/** A part of a node that can stand alone, and what of a node's arguments it cannot do without. */
interface Part {
  kind: string;
  nodeName?: true;
  cluster: (keyof typeof clusterSchema.shape)[];
  binaries?: (keyof typeof nodeBinariesSchema.shape)[];
  /** Whether it speaks to the API server, so that the address of one has to be given. */
  joins?: true;
  /** Whether it acts under a claim, or makes one. @default true */
  underClaim?: false;
  /** What is wrong between its values besides what a node's rules find. */
  between?: (args: Record<string, unknown>) => Finding[];
}

const ofApiServer = ["kubernetesVersion", "apiServerEndpoint", "caCertPem", "clusterCIDR"] as const;

/** The parts of a node. */
export const parts = {
  claim: {
    kind: "HostClaim",
    nodeName: true,
    cluster: ["kubernetesVersion", "apiServerEndpoint", "clusterCIDR", "caCertPem", "kubeconfig"],
    underClaim: false,
  },
  binaries: { kind: "NodeBinaries", cluster: ["kubernetesVersion"], binaries: ["kubelet"] },
  preparation: { kind: "HostPreparation", cluster: ["clusterCIDR"] },
  containerRuntime: { kind: "ContainerRuntime", cluster: ["clusterCIDR"] },
  apiServerProxy: { kind: "ApiServerProxy", cluster: ["apiServerEndpoint", "apiServers", "caCertPem"] },
  kubelet: {
    kind: "Kubelet",
    nodeName: true,
    cluster: [...ofApiServer, "clusterDNS", "bootstrapToken"],
    binaries: ["kubelet"],
    joins: true,
  },
  kubeProxy: {
    kind: "KubeProxy",
    nodeName: true,
    cluster: [...ofApiServer, "kubeProxyCertificate"],
    binaries: ["kubeProxy"],
    joins: true,
  },
  flannel: {
    kind: "Flannel",
    nodeName: true,
    cluster: [...ofApiServer, "flannelCertificate"],
    binaries: ["flanneld"],
    joins: true,
    between: (args) => [...flannelCertificateFindings(args), ...flanneldFindings(args)],
  },
} satisfies Record<string, Part>;

function flanneldFindings(args: Record<string, unknown>): Finding[] {
  const path = ["binaries", "flanneld"];
  return valueAt(args, path) === undefined ? [{ path, fault: "is required; write an object with sha256" }] : [];
}

/**
 * The arguments of a part that stands alone, by the rules of a node's; those that a node has checked are taken as they are.
 *
 * @throws pulumi.RunError naming each argument that is wrong
 */
export function checkedPartArgs(part: Part, name: string, args: object): NodePartArgs {
  if (areChecked(args)) return args as NodePartArgs;
  const owner = { label: `${part.kind} ${JSON.stringify(name)}` };
  const checked = checkedArguments<NodePartArgs>(
    {
      component: owner.label,
      schema: schemaOf(part),
      between: (given) => [...nodeFindings(given, partView(part, given)), ...(part.between?.(given) ?? [])],
      ...(part.underClaim === false && { claim: claimNode(owner) }),
    },
    args,
  );
  return part.kind === parts.binaries.kind
    ? { ...checked, binaries: withSources(checked.binaries, checked.cluster.kubernetesVersion, checked.arch) }
    : checked;
}

/** The schema, of which fields that are not needed may be missing. */
function partial(schema: z.ZodObject, needed: readonly string[]): z.ZodObject {
  const unneeded = Object.keys(schema.shape).filter((key) => !needed.includes(key));
  return schema.partial(
    Object.fromEntries(unneeded.map((key) => [key, true])) as Record<string, true> & Record<number, never>,
  );
}

/** A node's arguments, of which those that the part has no use for may be missing. */
function schemaOf({ nodeName, cluster, binaries = [], underClaim }: Part): z.ZodObject {
  const { shape } = workerNodeSchema;
  const files = partial(nodeBinariesSchema, binaries);
  return z.object({
    ...shape,
    nodeName: nodeName ? shape.nodeName : shape.nodeName.optional(),
    cluster: partial(clusterSchema, cluster),
    binaries: binaries.length > 0 ? files : files.optional(),
    ...(underClaim === false ? {} : { claim: later(claimed) }),
  });
}

const claimed = z.object(
  { id: z.string(), machineId: z.string(), owner: z.string(), lost: z.boolean().optional() },
  { error: "is no claim; give the output claim of a HostClaim" },
);

function partView(part: Part, given: Record<string, unknown>): CrossView {
  const view = crossView(given, binariesView(part, given), [hostView(given, [])]);
  const isTold = part.joins === true || view.apiServers.value !== undefined;
  return isTold ? view : without(view, ["apiServerEndpoint"]);
}

/** What the rules of a node ask for; a part needs no more than its own. */
function binariesView({ kind }: Part, args: Record<string, unknown>): CrossView["binaries"] {
  // A set that stands alone may be without kube-proxy.
  const ofOthers = { cniPlugins: {}, flanneld: {}, flannelCniPlugin: {} };
  const own = kind === parts.binaries.kind ? fieldsOf(args["binaries"]) : ofOthers;
  const value = { kubeProxy: {}, ...own };
  const view = { path: ["binaries"], value };
  return { amd64: view, arm64: view };
}
