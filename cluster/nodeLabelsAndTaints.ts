import type { V1Node, V1Taint } from "@kubernetes/client-node";
import { changeNode, type NodePatch } from "./changeNode";
import type { ClusterClient } from "./kubeClient";

/** A taint as in a Node's spec.taints; a Node has at most one of the same key and effect. */
export interface NodeTaint {
  key: string;
  /** Default: no value. */
  value?: string;
  /** NoSchedule, PreferNoSchedule or NoExecute. */
  effect: string;
}

/** Labels, taints and annotations of a Node that one owner looks after. */
export interface Marks {
  labels: Record<string, string>;
  taints: NodeTaint[];
  /** Default: none. */
  annotations?: Record<string, string>;
}

/** Nothing owned. */
export const noMarks: Marks = { labels: {}, taints: [] };

/**
 * Sets the marks of `now`, removes those of `before` that `now` does not have, and touches no other.
 *
 * @param mayChange throws where this Node must not be changed; asked of the very Node that the patch is for.
 * @returns the Node as it is then; undefined where there is none.
 */
export function applyMarks(
  cluster: ClusterClient,
  nodeName: string,
  before: Marks,
  now: Marks,
  mayChange: (node: V1Node) => void = () => undefined,
): Promise<V1Node | undefined> {
  return changeNode(cluster, nodeName, (node) => {
    mayChange(node);
    return marksPatch(node, before, now);
  });
}

/**
 * The JSON merge patch from the Node's marks to the wanted ones; undefined where there is nothing to change.
 *
 * One patch guarded by resourceVersion, and not server-side apply: spec.taints is an atomic list there
 * (`+listType=atomic` in core/v1), so applying ours would take away the node lifecycle controller's, and a list cannot
 * be merged without reading it first. What is owned is known from Pulumi's state.
 */
export function marksPatch(node: V1Node, before: Marks, now: Marks): NodePatch | undefined {
  const { labels: seenLabels, annotations: seenAnnotations } = node.metadata ?? {};
  const labels = changedTexts(seenLabels, before.labels, now.labels);
  const annotations = changedTexts(seenAnnotations, before.annotations, now.annotations);
  const taints = changedTaints(node.spec?.taints ?? [], before.taints, now.taints);
  if (labels === undefined && annotations === undefined && taints === undefined) return undefined;
  return {
    metadata: { ...(labels && { labels }), ...(annotations && { annotations }) },
    ...(taints && { spec: { taints } }),
  };
}

/** Label or annotation -> new value, or null for its removal; undefined where none changes. */
function changedTexts(
  seen: Readonly<Record<string, string>> = {},
  before: Readonly<Record<string, string>> = {},
  now: Readonly<Record<string, string>> = {},
): Record<string, string | null> | undefined {
  const changes: [string, string | null][] = [
    ...Object.keys(before)
      .filter((key) => !Object.hasOwn(now, key) && Object.hasOwn(seen, key))
      .map((key): [string, null] => [key, null]),
    ...Object.entries(now).filter(([key, value]) => ownText(seen, key) !== value),
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

/** A key may have the name of something that every object has: `constructor`. */
function ownText(texts: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}

/**
 * The owned labels and taints as they are on the Node: missing ones are left out, changed ones have the value seen there. Foreign
 * marks are not reported. Equal ones keep the owner's spelling and order, so that nothing else shows as a difference.
 */
export function seenMarks(node: V1Node, owned: Marks): Marks {
  const seen = node.metadata?.labels ?? {};
  const labels: Record<string, string> = {};
  for (const key of Object.keys(owned.labels)) {
    const value = ownText(seen, key);
    if (value !== undefined) labels[key] = value;
  }
  const taints = owned.taints.flatMap((taint): NodeTaint[] => {
    const there = find(node.spec?.taints ?? [], taint);
    if (!there) return [];
    return [sameValue(there, taint) ? taint : { key: there.key, value: there.value ?? "", effect: there.effect }];
  });
  return { labels, taints };
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
