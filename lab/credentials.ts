import { randomBytes, randomInt } from "node:crypto";
import * as path from "node:path";
import { utils } from "ssh2";
import { readOrCreate, writeFileAtomic } from "./files";
import { kubeconfigText } from "./kubeconfig";
import type { LabLayout } from "./layout";
import { type CertificateRequest, type KeyPair, ensureCa, ensureCertificate, ensureServiceAccountKey } from "./pki";
import { newSshKey } from "./sshKey";

/** Everything secret of a lab, made once and kept in its folder. */
export interface Credentials {
  ca: KeyPair;
  /** Client of cluster administrators. */
  kubeconfig: string;
  /** `xxxxxx.yyyyyyyyyyyyyyyy`, as kubeadm spells it. */
  bootstrapToken: string;
  /** OpenSSH private key that opens every host, as root and as admin. */
  sshPrivateKey: string;
  /** authorized_keys line of it. */
  sshPublicKey: string;
  /** Opens the stack's secrets. */
  passphrase: string;
  /** Host name -> the public part of its SSH host key, "ssh-ed25519 AAAA...". */
  hostKeys: Record<string, string>;
}

export async function ensureCredentials(layout: LabLayout): Promise<Credentials> {
  const { files } = layout;
  const ca = await ensureCa(files.pki, "ca", "kubernetes");
  await ensureServiceAccountKey(files.pki);
  await ensureControlPlaneCertificates(layout, ca);
  const kubeconfig = await ensureKubeconfigs(layout, ca);
  const ssh = await ensureSshKey(files.sshKey, "lab");
  const hostKeys: Record<string, string> = {};
  for (const host of layout.hosts) {
    const key = await ensureSshKey(path.join(host.directory, "ssh_host_ed25519_key"), host.name);
    hostKeys[host.name] = key.publicKey.split(" ").slice(0, 2).join(" ");
  }
  const knownHosts = layout.hosts.map((host) => `${host.address} ${hostKeys[host.name]}\n`).join("");
  await writeFileAtomic(files.knownHosts, knownHosts);
  return {
    ca,
    kubeconfig,
    bootstrapToken: await readOrCreate(path.join(files.credentials, "bootstrap-token"), newBootstrapToken),
    sshPrivateKey: ssh.privateKey,
    sshPublicKey: ssh.publicKey,
    passphrase: (await readOrCreate(files.passphrase, () => `${randomBytes(24).toString("base64url")}\n`)).trim(),
    hostKeys,
  };
}

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
async function ensureKubeconfigs(layout: LabLayout, ca: KeyPair): Promise<string> {
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
    text = await readOrCreate(file, () => kubeconfigText(layout.endpoint, ca.certificate, user, client));
  }
  return text;
}

async function ensureSshKey(file: string, comment: string): Promise<{ privateKey: string; publicKey: string }> {
  const privateKey = await readOrCreate(file, async () => {
    const made = newSshKey(comment);
    await writeFileAtomic(`${file}.pub`, `${made.public}\n`, 0o644);
    return made.private;
  });
  const publicKey = await readOrCreate(`${file}.pub`, () => `${publicHalf(privateKey, file)} ${comment}\n`, 0o644);
  return { privateKey, publicKey: publicKey.trim() };
}

function publicHalf(privateKey: string, file: string): string {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error || Array.isArray(parsed)) throw new Error(`${file}: not an OpenSSH private key`);
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

function newBootstrapToken(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const random = (length: number) => Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
  return `${random(6)}.${random(16)}`;
}
