import { generateKeyPairSync } from "node:crypto";
import type { WorkerNodeArgs } from "../../components";

/** The certificate of a CA that no cluster has. */
export const caCertPem = `-----BEGIN CERTIFICATE-----
MIIBPjCB5KADAgECAhEAuahD78eZbzHZ0Ni0I+xyDDAKBggqhkjOPQQDAjAVMRMw
EQYDVQQDEwprdWJlcm5ldGVzMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAw
MDAwWjAVMRMwEQYDVQQDEwprdWJlcm5ldGVzMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEZnAU73EKfj10bdOeqQ15l1bqco4p9fdy6hBYkMS15f5JZQ/5qG1xtHJU
1Gx9KPEJ4ykI5S4eckriUdSjTVGeNqMTMBEwDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNJADBGAiEA7+IfOMzdZAB0v6t5JQRpNubVtJqr+QjvA8DIwhmkrJEC
IQDLxSpaGAcIXvbA/u21/Yugu6P3AjZ7WBo0ttb7YE4enA==
-----END CERTIFICATE-----
`;

/** kube-proxy's key, and flannel's; the second line of each is what to look for. */
export const proxyKey = newKey();
export const flannelKey = newKey();

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** An SSH public key of the right form. */
export function hostKey(fill: number): string {
  const type = "ssh-ed25519";
  const head = Buffer.from([0, 0, 0, type.length, ...Buffer.from(type), 0, 0, 0, 32]);
  return `${type} ${Buffer.concat([head, Buffer.alloc(32, fill)]).toString("base64")}`;
}

const kubeconfig = `
apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: "https://10.0.0.10:6443"}}]
users: [{name: admin, user: {token: KUBECONFIG}}]
contexts: [{name: admin@lab, context: {cluster: lab, user: admin}}]
current-context: admin@lab
`;

/** A worker node whose secrets are easy to look for. */
export const workerNodeArgs = {
  nodeName: "node-1",
  connection: {
    host: "10.0.0.11",
    user: "admin",
    hostKey: hostKey(1),
    privateKey: "-----BEGIN PRIVATE KEY-----\nSSH-KEY\n-----END PRIVATE KEY-----\n",
  },
  labels: { "node-role.kubernetes.io/worker": "" },
  taints: [{ key: "dedicated", value: "build", effect: "NoSchedule" }],
  cluster: {
    kubernetesVersion: "1.37.2",
    apiServerEndpoint: "https://10.0.0.10:6443",
    caCertPem,
    clusterCIDR: "10.2.0.0/16",
    clusterDNS: ["10.1.0.2"],
    bootstrapToken: "abcdef.tokentokentoken1",
    kubeProxyCertificate: { certPem: caCertPem, privateKeyPem: proxyKey },
    flannelCertificate: { certPem: caCertPem, privateKeyPem: flannelKey },
    kubeconfig,
  },
  binaries: {
    kubelet: { source: "bin/kubelet", sha256: "1".repeat(64) },
    kubeProxy: { source: "bin/kube-proxy", sha256: "2".repeat(64) },
    cniPlugins: { source: "bin/cni.tgz", sha256: "3".repeat(64) },
    flanneld: { source: "bin/flanneld", sha256: "4".repeat(64) },
    flannelCniPlugin: { source: "bin/flannel", sha256: "5".repeat(64) },
  },
} satisfies WorkerNodeArgs;
