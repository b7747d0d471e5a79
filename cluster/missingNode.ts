import { ApiCallError } from "./apiCall";
import { describeBootstrapTokens } from "./bootstrapTokens";
import { describeCsrsOf, type DescribedCsr } from "./kubeletCsrs";
import type { ClusterClient } from "./kubeClient";

/**
 * Why a kubelet may not have registered, one line each: what became of its certificate requests, and where it made none since
 * `start`, whether it can have asked at all.
 */
export async function explainMissingNode(cluster: ClusterClient, nodeName: string, start: Date): Promise<string[]> {
  let requests: DescribedCsr[];
  try {
    requests = describeCsrsOf(nodeName, await cluster.listKubeletCsrs(), start);
  } catch (error) {
    return [refusal(error)];
  }
  const recent = requests.filter(({ old }) => !old);
  if (recent.length > 0) return recent.map(({ text }) => `Its certificate request ${text}`);
  return [
    ...requests.map(({ text }) => `An old certificate request of its kubelet, made before this wait: ${text}`),
    `There is no ${requests.length > 0 ? "new " : ""}certificate request of its kubelet: does the kubelet run, and does it reach ` +
      "the API server?",
    await explainTokens(cluster),
    "A kubelet that has its certificate already registers only when it starts: after a Node was deleted by hand, " +
      "`systemctl restart kubelet` on the host.",
  ];
}

async function explainTokens(cluster: ClusterClient): Promise<string> {
  try {
    return describeBootstrapTokens(await cluster.listBootstrapTokens(), new Date());
  } catch (error) {
    return `Whether a bootstrap token is valid is not known: ${refusal(error)}`;
  }
}

/** The explanation of a failure must not hide the failure. */
function refusal(error: unknown): string {
  if (error instanceof ApiCallError) return error.message;
  throw error;
}
