import type { V1Node } from "@kubernetes/client-node";
import { ApiCallError } from "./apiCall";
import { describeCsrsOf } from "./kubeletCsrs";
import type { ClusterClient } from "./kubeClient";

/**
 * Has the API server ask a Node's kubelet, which is the way of logs and exec.
 *
 * @param kubelet where it reaches the kubelet, for the words.
 * @returns `API server -> kubelet 10.0.0.11:10250: ok`, or why it was not tried.
 * @throws Error where it does not reach the kubelet, saying what that usually means.
 */
export async function askKubelet(cluster: ClusterClient, node: V1Node, kubelet: string): Promise<string> {
  const name = node.metadata?.name ?? "";
  const way = `API server -> kubelet ${kubelet}`.trim();
  try {
    await cluster.askKubelet(name);
    return `${way}: ok`;
  } catch (error) {
    if (!(error instanceof ApiCallError)) throw error;
    // The words of the API server about its own client; a kubelet's begin otherwise.
    if (error.status === 403 && /nodes "[^"]*" is forbidden/.test(error.reason))
      return `${way}: not tried, the kubeconfig's user may not get nodes/proxy`;
    if (error.status === 404) return `${way}: not tried, the API server has no nodes/proxy`;
    throw new Error(
      `${way}: the API server does not reach the kubelet of Node ${name}, so that logs and exec do not work: ` +
        `${error.reason}; ${await meaning(cluster, name, kubelet, error)}`,
      { cause: error },
    );
  }
}

async function meaning(
  cluster: ClusterClient,
  name: string,
  kubelet: string,
  { status, reason }: ApiCallError,
): Promise<string> {
  if (status === 401 || status === 403)
    return (
      "the kubelet refuses the API server's certificate: has kube-apiserver --kubelet-client-certificate and key, of the CA in " +
      "/etc/kubernetes/pki/ca.crt, and its user the ClusterRole system:kubelet-api-admin?"
    );
  if (/x509|tls|certificate/i.test(reason)) return servingCertificate(cluster, name);
  return (
    `usually a firewall between the API server and ${kubelet || "it"}, or an address that it has no route to: ` +
    "see --kubelet-preferred-address-types of kube-apiserver, and nodeIP of the host"
  );
}

/** With serverTLSBootstrap the kubelet serves nothing until somebody has approved its request. */
async function servingCertificate(cluster: ClusterClient, name: string): Promise<string> {
  const requests = await cluster.listKubeletCsrs("kubelet-serving").catch(() => []);
  const open = describeCsrsOf(name, requests, new Date(0))
    .filter(({ pending }) => pending)
    .map(({ name: request }) => request);
  return open.length > 0
    ? `its serving certificate is not approved (serverTLSBootstrap): kubectl certificate approve ${open.join(" ")}`
    : "usually a serving certificate that kube-apiserver --kubelet-certificate-authority does not know (serverTLSBootstrap has it " +
        "issued by the cluster), or one that does not name the address";
}
