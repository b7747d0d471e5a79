import { withHeader } from "./fileHeader";
import { renderYaml } from "./yaml";

export interface KubeconfigArgs {
  /** Name of the cluster entry; only read by people. */
  clusterName: string;
  /** URL of the API server, e.g. "https://10.0.0.10:6443". */
  server: string;
  /** CA certificate(s) of the API server, PEM. */
  caCertPem: string;
  /** Name of the user entry; who the user is comes from the token or certificate. */
  userName: string;
  /** Bearer token; exclusive with the client certificate. */
  token?: string;
  /** Client certificate, PEM. */
  clientCertificatePem?: string;
  /** Key of {@link clientCertificatePem}, PEM. */
  clientKeyPem?: string;
}

/**
 * A kubeconfig with everything embedded, so that it is one file with one mode (0600).
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 * @example renderKubeconfig({ clusterName: "kubernetes", server: "https://10.0.0.10:6443", caCertPem, userName: "kubelet-bootstrap", token })
 */
export function renderKubeconfig(args: KubeconfigArgs): string {
  const context = `${args.userName}@${args.clusterName}`;
  return withHeader(
    renderYaml({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: args.clusterName,
          cluster: { server: args.server, "certificate-authority-data": base64(args.caCertPem) },
        },
      ],
      users: [{ name: args.userName, user: credentials(args) }],
      contexts: [{ name: context, context: { cluster: args.clusterName, user: args.userName } }],
      "current-context": context,
    }),
  );
}

function credentials(args: KubeconfigArgs): Record<string, string> {
  const { token, clientCertificatePem, clientKeyPem } = args;
  if (token !== undefined && clientCertificatePem === undefined && clientKeyPem === undefined) {
    return { token };
  }
  if (token === undefined && clientCertificatePem !== undefined && clientKeyPem !== undefined) {
    return { "client-certificate-data": base64(clientCertificatePem), "client-key-data": base64(clientKeyPem) };
  }
  throw new Error(
    `kubeconfig of user ${args.userName}: needs either token, or clientCertificatePem together with clientKeyPem`,
  );
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
