import type { V1Node } from "@kubernetes/client-node";
import { hasStatus } from "./apiCall";
import type { ClusterClient } from "./kubeClient";

/** Another writer (the kubelet, a controller) came between reading and writing; each try starts from a new reading. */
const maxConflicts = 20;

/**
 * Reads a Node and patches what was read: the API server refuses the patch where the Node changed in between, or where
 * another Node has taken the name.
 *
 * @param patchFor what to change of the Node; undefined for nothing. An error that it throws ends the change.
 * @returns the Node as it is then; undefined where there is none.
 */
export async function changeNode(
  cluster: ClusterClient,
  nodeName: string,
  patchFor: (node: V1Node) => NodePatch | undefined,
): Promise<V1Node | undefined> {
  for (let conflicts = 0; ; conflicts++) {
    const node = await cluster.getNode(nodeName);
    const patch = node && patchFor(node);
    if (patch === undefined) return node;
    const metadata = { ...patch.metadata, resourceVersion: node?.metadata?.resourceVersion };
    try {
      return await cluster.patchNode(nodeName, { ...patch, metadata });
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      if (!hasStatus(error, 409) || conflicts >= maxConflicts) throw error;
    }
  }
}

/** A JSON merge patch of a Node: null removes. */
export interface NodePatch {
  metadata?: { labels?: Record<string, string | null>; annotations?: Record<string, string | null> };
  spec?: object;
}
