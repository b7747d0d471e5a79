import type { PreviewStep } from "./preview";

/** Parts of a node, by the end of their resources' names. */
export const partNames = [
  "claim",
  "binaries",
  "preparation",
  "containerd",
  "api-server-proxy",
  "kubelet",
  "kube-proxy",
  "flannel",
  "registration",
  "verification",
] as const;

/** One of {@link partNames}. */
export type PartName = (typeof partNames)[number];

/** What a run would do to one node. */
export interface NodeSteps {
  name: string;
  /** Steps of its own resources; components have none that counts. */
  parts: Partial<Record<PartName, PreviewStep>>;
}

/** The steps of a preview by what they are about. */
export interface SortedSteps {
  /** In the order of their names, numbers by their value. */
  nodes: NodeSteps[];
  /** Of everything else that is no component: the cluster's objects, certificates, providers. */
  others: PreviewStep[];
}

const nodeType = "kubernetes-worker-nodes:index:WorkerNode";
const suffix = new RegExp(`^(.*)-(${partNames.join("|")})$`);

/** Sorts a preview's steps by node. */
export function sortedSteps(steps: readonly PreviewStep[]): SortedSteps {
  const nodes = new Map<string, NodeSteps>();
  const others: PreviewStep[] = [];
  for (const step of steps) {
    const { type, name, isCustom } = identityOf(step);
    const [, node, part] = suffix.exec(name) ?? [];
    if (!isCustom) continue;
    if (!type.includes(nodeType) || node === undefined) others.push(step);
    else {
      const known = nodes.get(node) ?? { name: node, parts: {} };
      nodes.set(node, known);
      const before = known.parts[part as PartName];
      known.parts[part as PartName] = before === undefined ? step : merged(before, step);
    }
  }
  const byName = new Intl.Collator("en", { numeric: true });
  return { nodes: [...nodes.values()].sort((a, b) => byName.compare(a.name, b.name)), others };
}

/** A replacement is several steps. With --refresh there is one of the look before: what counts is what the look has led to. */
function merged(first: PreviewStep, second: PreviewStep): PreviewStep {
  if (![first, second].some(({ op }) => op.includes("replace"))) return second;
  return {
    op: "replace",
    urn: first.urn,
    old: first.old ?? second.old,
    new: first.new ?? second.new,
    changed: [...new Set([...first.changed, ...second.changed])],
  };
}

/** What a URN says: types of the resource and its parents, and its name. */
export function identityOf({ urn }: PreviewStep): { type: string; name: string; isCustom: boolean } {
  const [, , type = "", ...name] = urn.split("::");
  const own = type.split("$").at(-1) ?? "";
  const isComponent = own.startsWith("kubernetes-worker-nodes:") || own === "pulumi:pulumi:Stack";
  return { type, name: name.join("::"), isCustom: !isComponent };
}
