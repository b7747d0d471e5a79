import { dump } from "js-yaml";
import type { KeyPair } from "./pki";

/** A kubeconfig with one cluster and one user, who has a client certificate; everything is embedded. */
export function kubeconfigText(server: string, caCertPem: string, userName: string, client: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const cluster = { server, "certificate-authority-data": base64(caCertPem) };
  const user = {
    "client-certificate-data": base64(client.certificate),
    "client-key-data": base64(client.privateKey),
  };
  return dump(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "lab", cluster }],
      users: [{ name: userName, user }],
      contexts: [{ name: "lab", context: { cluster: "lab", user: userName } }],
      "current-context": "lab",
    },
    { lineWidth: -1 },
  );
}
