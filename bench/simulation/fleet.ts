import { sha256 } from "../../base/sha256";
import { kubeconfigText } from "../../lab/controlPlane/kubeconfig";
import { ensureCa, ensureCertificate, type KeyPair } from "../../lab/controlPlane/pki";
import { newSshKey } from "../../lab/hosts/sshKey";
import type { LabFiles } from "../../lab/plan/layout";
import { namespace } from "../../lab/pulumi/namespace";
import { ensurePassphrase } from "../../lab/pulumi/passphrase";
import { ensureStack } from "../../lab/pulumi/stackConfig";
import type { BenchHost } from "../benchHost";
import { SimulatedApi } from "./apiServer";
import { SimulatedHost } from "./simulatedHost";
import { SshServers } from "./sshServers";

/** Simulated hosts and the API of their cluster. */
export interface Fleet {
  hosts: SimulatedHost[];
  /** As tools reach them. */
  reached: BenchHost[];
  ssh: SshServers;
  api: SimulatedApi;
  ca: KeyPair;
  kubeconfig: string;
  stop(): void;
}

/**
 * Starts hosts and API.
 *
 * @param delayMs how long each command takes on a host.
 * @param pki folder for the certificates.
 */
export async function startFleet(count: number, delayMs: number, pki: string): Promise<Fleet> {
  const ca = await ensureCa(pki, "ca", "simulated");
  const server = { commonName: "kube-apiserver", usages: ["server" as const], addresses: ["127.0.0.1"] };
  const client = { commonName: "admin", organization: "system:masters", usages: ["client" as const] };
  const api = await SimulatedApi.start(await ensureCertificate(pki, "apiserver", ca, server));
  const admin = await ensureCertificate(pki, "admin", ca, client);
  const ssh = new SshServers(delayMs);
  const hosts = Array.from({ length: count }, (_, index) => {
    return new SimulatedHost(`node-${index + 1}`, ({ name, machineId }) => api.kubeletStarts(name, machineId, index));
  });
  const reached = hosts.map((host, index) => ssh.start(host, index));
  const stop = (): void => {
    ssh.stop();
    api.stop();
  };
  const kubeconfig = kubeconfigText(api.endpoint, ca.certificate, "admin", admin);
  return { hosts, reached: await Promise.all(reached), ssh, api, ca, kubeconfig, stop };
}

/** Makes a stack that turns the hosts into nodes. */
export async function configureFleet({ reached, api, ca, kubeconfig }: Fleet, files: LabFiles): Promise<void> {
  await ensurePassphrase(files.passphrase);
  const binary = (name: string): object => ({ sha256: sha256(name) });
  const plain = {
    apiServerEndpoint: api.endpoint,
    caCertPem: ca.certificate,
    clusterCIDR: "10.0.0.0/12",
    clusterDNS: ["10.96.0.10"],
    hosts: reached.map((host) => ({ ...host, labels: { "node-role.kubernetes.io/worker": "" } })),
    binaries: { amd64: { kubelet: binary("kubelet"), kubeProxy: binary("kube-proxy"), cniPlugins: binary("cni") } },
  };
  const secrets = {
    kubeconfig,
    caPrivateKeyPem: ca.privateKey,
    bootstrapToken: "abcdef.0123456789abcdef",
    sshPrivateKey: newSshKey("").private,
  };
  await ensureStack(files, byFullKey(plain), byFullKey(secrets));
}

function byFullKey<Value>(settings: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${namespace}:${key}`, value]));
}
