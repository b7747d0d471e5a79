import type { WorkerNodeArgs } from "../../components";

/** A worker node whose secrets are easy to look for. */
export const workerNodeArgs: WorkerNodeArgs = {
  nodeName: "node-1",
  connection: { host: "10.0.0.11", user: "admin", hostKey: "ssh-ed25519 AAAA", privateKey: "SSH-KEY" },
  labels: { "node-role.kubernetes.io/worker": "" },
  taints: [{ key: "dedicated", value: "build", effect: "NoSchedule" }],
  cluster: {
    kubernetesVersion: "1.37.2",
    apiServerEndpoint: "https://10.0.0.10:6443",
    caCertPem: "CA",
    clusterCIDR: "10.2.0.0/16",
    clusterDNS: ["10.1.0.2"],
    bootstrapToken: "abcdef.tokentokentoken1",
    kubeProxyCertificate: { certPem: "CERTIFICATE", privateKeyPem: "PROXY-KEY" },
    kubeconfig: "KUBECONFIG",
  },
  binaries: {
    kubelet: { source: "bin/kubelet", sha256: "1".repeat(64) },
    kubeProxy: { source: "bin/kube-proxy", sha256: "2".repeat(64) },
    cniPlugins: { source: "bin/cni.tgz", sha256: "3".repeat(64) },
  },
};
