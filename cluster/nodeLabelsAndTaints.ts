import type { V1Node, V1Taint } from "@kubernetes/client-node";
import { hasStatus } from "./apiCall";
import type { ClusterClient } from "./kubeClient";

/** A taint as in a Node's spec.taints; a Node has at most one of the same key and effect. */
export interface NodeTaint {
  key: string;
  /** Default: no value. */
  value?: string;
  /** NoSchedule, PreferNoSchedule or NoExecute. */
  effect: string;
}

/** Labels and taints of a Node that one owner looks after. */
export interface Marks {
  labels: Record<string, string>;
  taints: NodeTaint[];
}

/** Nothing owned. */
export const noMarks: Marks = { labels: {}, taints: [] };

/** Another writer (the kubelet, a controller) came between reading and writing; each try starts from a new reading. */
const maxConflicts = 20;

/**
 * Sets the labels and taints of `now`, removes those of `before` that `now` does not have, and touches no other.
 *
 * @returns the Node as it is then; undefined where there is none.
 */
export async function applyMarks(
  cluster: ClusterClient,
  nodeName: string,
  before: Marks,
  now: Marks,
): Promise<V1Node | undefined> {
  for (let conflicts = 0; ; conflicts++) {
    const node = await cluster.getNode(nodeName);
    const patch = node && marksPatch(node, before, now);
    if (patch === undefined) return node;
    try {
      return await cluster.patchNode(nodeName, patch);
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      if (!hasStatus(error, 409) || conflicts >= maxConflicts) throw error;
    }
  }
}

/**
 * The JSON merge patch from the Node's marks to the wanted ones; undefined where there is nothing to change.
 *
 * One patch guarded by resourceVersion, and not server-side apply: spec.taints is an atomic list there
 * (`+listType=atomic` in core/v1), so applying ours would take away the node lifecycle controller's, and a list cannot
 * be merged without reading it first. What is owned is known from Pulumi's state.
 */
export function marksPatch(node: V1Node, before: Marks, now: Marks): object | undefined {
  const labels = changedLabels(node.metadata?.labels ?? {}, before.labels, now.labels);
  const taints = changedTaints(node.spec?.taints ?? [], before.taints, now.taints);
  if (labels === undefined && taints === undefined) return undefined;
  return {
    metadata: { resourceVersion: node.metadata?.resourceVersion, ...(labels && { labels }) },
    ...(taints && { spec: { taints } }),
  };
}

/** Label -> new value, or null for its removal; undefined where none changes. */
function changedLabels(
  seen: Readonly<Record<string, string>>,
  before: Marks["labels"],
  now: Marks["labels"],
): Record<string, string | null> | undefined {
  const changes: [string, string | null][] = [
    ...Object.keys(before)
      .filter((key) => !Object.hasOwn(now, key) && Object.hasOwn(seen, key))
      .map((key): [string, null] => [key, null]),
    ...Object.entries(now).filter(([key, value]) => label(seen, key) !== value),
  ];
  return changes.length > 0 ? Object.fromEntries(changes) : undefined;
}

/** The whole new list (a merge patch cannot change a part of it); undefined where it stays as it is. */
function changedTaints(
  seen: readonly V1Taint[],
  before: readonly NodeTaint[],
  now: readonly NodeTaint[],
): V1Taint[] | undefined {
  const removed = before.filter((taint) => !find(now, taint));
  const kept = seen.filter((taint) => !find(removed, taint));
  const changed = kept.map((taint) => {
    const wanted = find(now, taint);
    return wanted && !sameValue(wanted, taint) ? { ...wanted } : taint;
  });
  const result = [...changed, ...now.filter((taint) => !find(kept, taint))];
  const same = result.length === seen.length && result.every((taint, index) => taint === seen[index]);
  return same ? undefined : result;
}

/**
 * The owned marks as they are on the Node: missing ones are left out, changed ones have the value seen there. Foreign
 * marks are not reported. Equal ones keep the owner's spelling and order, so that nothing else shows as a difference.
 */
export function seenMarks(node: V1Node, owned: Marks): Marks {
  const seen = node.metadata?.labels ?? {};
  const labels = Object.fromEntries(
    Object.keys(owned.labels).flatMap((key) => {
      const value = label(seen, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const taints = owned.taints.flatMap((taint): NodeTaint[] => {
    const there = find(node.spec?.taints ?? [], taint);
    if (!there) return [];
    return [sameValue(there, taint) ? taint : { key: there.key, value: there.value ?? "", effect: there.effect }];
  });
  return { labels, taints };
}

/** True where both own the same marks with the same values. */
export function sameMarks(a: Marks, b: Marks): boolean {
  const labels = Object.entries(a.labels);
  return (
    labels.length === Object.keys(b.labels).length &&
    labels.every(([key, value]) => label(b.labels, key) === value) &&
    a.taints.length === b.taints.length &&
    a.taints.every((taint) => b.taints.some((other) => sameTaint(other, taint) && sameValue(other, taint)))
  );
}

/** The label itself and nothing that every object inherits: "constructor" is a good name for a label. */
function label(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function find<T extends NodeTaint>(taints: readonly T[], taint: NodeTaint): T | undefined {
  return taints.find((candidate) => sameTaint(candidate, taint));
}

function sameTaint(a: NodeTaint, b: NodeTaint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/** The API server leaves an empty value out. */
function sameValue(a: NodeTaint, b: NodeTaint): boolean {
  return (a.value ?? "") === (b.value ?? "");
}
