import { openLab } from "../../lab/lab";
import type { Lab } from "../../lab/lab";
import type { Kubectl } from "../../lab/hosts/workload";
import { kubectl } from "../../lab/hosts/workload";

/** The lab that LAB_NAME names: tests/runTests.ts sets it to the one that it starts. */
export const labName = process.env["LAB_NAME"] ?? "e2e";

export function openTestLab(): Promise<Lab> {
  return openLab(labName);
}

export function kubectlOf(lab: Lab): Kubectl {
  return { command: lab.kubectlPath, kubeconfigPath: lab.kubeconfigPath };
}

/** What a test looks at of a Node. */
export interface NodeView {
  name: string;
  ready: boolean;
  version: string;
  labels: Record<string, string>;
  taints: string[];
  podCIDR: string;
}

/** What the API says of a Node, as far as tests look at it. */
export interface NodeObject {
  metadata: { name: string; uid: string; labels: Record<string, string> };
  spec: { podCIDR?: string; taints?: { key: string; value?: string; effect: string }[] };
  status: { conditions: { type: string; status: string }[]; nodeInfo: { kubeletVersion: string; machineID: string } };
}

/** The Nodes of the cluster, by name. */
export async function nodeObjects(lab: Lab): Promise<NodeObject[]> {
  const list = await kubectl(kubectlOf(lab), ["get", "nodes", "-o", "json"]);
  return (JSON.parse(list) as { items: NodeObject[] }).items;
}

/** The Nodes of the cluster, by name, as most stories look at them. */
export async function nodesOf(lab: Lab): Promise<NodeView[]> {
  return (await nodeObjects(lab)).map(({ metadata, spec, status }) => ({
    name: metadata.name,
    ready: status.conditions.some(({ type, status: state }) => type === "Ready" && state === "True"),
    version: status.nodeInfo.kubeletVersion,
    labels: metadata.labels,
    taints: (spec.taints ?? []).map(({ key, value, effect }) => `${key}=${value ?? ""}:${effect}`),
    podCIDR: spec.podCIDR ?? "",
  }));
}
