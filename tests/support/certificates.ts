/** A text in the form of a PEM certificate: what compares certificates looks at no more than their bytes. */
export function pemOf(text: string): string {
  const body = Buffer.from(text).toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

/** A kubeconfig as the kubelet writes its own. */
export function kubeletKubeconfig(server: string, caCertPem: string, user = ""): string {
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${Buffer.from(caCertPem).toString("base64")}
    server: ${server}
  name: default-cluster
contexts:
- context:
    cluster: default-cluster
    namespace: default
    user: default-auth
  name: default-context
current-context: default-context
kind: Config
users:
- name: default-auth
  user:
    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem
${user}`;
}
