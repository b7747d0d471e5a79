import { randomInt } from "node:crypto";
import * as path from "node:path";
import { readOrCreate, writeFileAtomic } from "../machine/files";
import { kubeconfigText } from "./kubeconfig";
import type { LabLayout } from "../plan/layout";
import { type CertificateRequest, type KeyPair, ensureCa, ensureCertificate, ensureServiceAccountKey } from "./pki";

/** File of the pki folder with the CAs that the control plane trusts. */
export const trustedCasFile = "trusted-cas.crt";

/** What opens the lab's cluster, made once and kept in the lab's folder. */
export interface Credentials {
  /** The CA that signs. */
  ca: KeyPair;
  /** Certificates of all CAs that are trusted, PEM: that one's, and another's while the CA is changed. */
  trustedCas: string;
  /** Client of cluster administrators. */
  kubeconfig: string;
  /** `xxxxxx.yyyyyyyyyyyyyyyy`, as kubeadm spells it. */
  bootstrapToken: string;
}

export async function ensureCredentials(layout: LabLayout): Promise<Credentials> {
  const { files } = layout;
  const ca = await ensureCa(files.pki, "ca", "kubernetes");
  const trustedCas = await readOrCreate(path.join(files.pki, trustedCasFile), () => ca.certificate);
  await ensureServiceAccountKey(files.pki);
  await ensureControlPlaneCertificates(layout, ca);
  const kubeconfig = await ensureKubeconfigs(layout, ca, trustedCas);
  return {
    ca,
    trustedCas,
    kubeconfig,
    bootstrapToken: await readOrCreate(path.join(files.credentials, "bootstrap-token"), newBootstrapToken),
  };
}

/** Certificates that the cluster's CA has signed, by their files' names. */
export const clusterCertificates = [
  ...["apiserver", "apiserver-kubelet-client", "controller-manager-server", "scheduler-server"],
  ...["controller-manager", "scheduler", "kubernetes-admin"],
];

async function ensureControlPlaneCertificates(layout: LabLayout, ca: KeyPair): Promise<void> {
  const { pki } = layout.files;
  const addresses = ["127.0.0.1", layout.gateway];
  const etcdCa = await ensureCa(pki, "etcd-ca", "etcd-ca");
  const wanted: [name: string, ca: KeyPair, request: CertificateRequest][] = [
    ["etcd-server", etcdCa, { commonName: "etcd", usages: ["server", "client"], dnsNames: ["localhost"], addresses }],
    ["apiserver-etcd-client", etcdCa, { commonName: "kube-apiserver-etcd-client", usages: ["client"] }],
    [
      "apiserver",
      ca,
      {
        commonName: "kube-apiserver",
        usages: ["server"],
        dnsNames: [
          "localhost",
          "kubernetes",
          "kubernetes.default",
          "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local",
        ],
        addresses: [...addresses, layout.kubernetesServiceAddress],
      },
    ],
    [
      "apiserver-kubelet-client",
      ca,
      { commonName: "kube-apiserver-kubelet-client", organization: "system:masters", usages: ["client"] },
    ],
    ["controller-manager-server", ca, { commonName: "kube-controller-manager", usages: ["server"], addresses }],
    ["scheduler-server", ca, { commonName: "kube-scheduler", usages: ["server"], addresses }],
  ];
  for (const [name, issuer, request] of wanted) await ensureCertificate(pki, name, issuer, request);
}

/** Kubeconfigs of administrator, controller manager and scheduler; returns the administrator's. */
async function ensureKubeconfigs(layout: LabLayout, ca: KeyPair, trustedCas: string): Promise<string> {
  const { files } = layout;
  const clients: [file: string, user: string, organization?: string][] = [
    [path.join(files.credentials, "controller-manager.kubeconfig"), "system:kube-controller-manager"],
    [path.join(files.credentials, "scheduler.kubeconfig"), "system:kube-scheduler"],
    [files.kubeconfig, "kubernetes-admin", "system:masters"],
  ];
  let text = "";
  for (const [file, user, organization] of clients) {
    const request: CertificateRequest = { commonName: user, organization, usages: ["client"] };
    const client = await ensureCertificate(files.pki, user.replace(/^system:kube-/, ""), ca, request);
    text = kubeconfigText(layout.endpoint, trustedCas, user, client);
    await writeFileAtomic(file, text);
  }
  return text;
}

function newBootstrapToken(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const random = (length: number) => Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
  return `${random(6)}.${random(16)}`;
}
