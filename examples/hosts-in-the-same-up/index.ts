// A larger program that makes its hosts in the same `up`: address and host key of each are known only once it is there, and until then
// a preview shows them as unknown. Here a script of yours makes a machine and prints {"address": ..., "hostKey": ...}.
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { WorkerPool, type ClusterArgs, type WorkerPoolArgs } from "kubernetes-worker-nodes";

/** A machine, known once it is made. */
class Machine extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  readonly hostKey: pulumi.Output<string>;

  constructor(name: string, publicKey: pulumi.Input<string>, opts?: pulumi.ComponentResourceOptions) {
    super("example:index:Machine", name, {}, opts);
    const made = new command.local.Command(
      name,
      {
        create: "./machine create",
        delete: "./machine delete",
        environment: { NAME: name, AUTHORIZED_KEY: publicKey },
      },
      { parent: this },
    );
    const said = made.stdout.apply((text) => JSON.parse(text) as { address: string; hostKey: string });
    this.address = said.address;
    this.hostKey = said.hostKey;
    this.registerOutputs({ address: this.address, hostKey: this.hostKey });
  }
}

const config = new pulumi.Config();
type Cluster = pulumi.Unwrap<Required<ClusterArgs>>;
const cluster = config.requireSecretObject<Cluster>("cluster");
const key = new tls.PrivateKey("ssh", { algorithm: "ED25519" });
const machines = ["node-1", "node-2"].map((name) => ({ name, ...new Machine(name, key.publicKeyOpenssh) }));

/** A value of the cluster; what only one of these is made of is secret because the whole is. */
const value = <Key extends keyof Cluster>(name: Key) => cluster.apply((all) => all[name]);
const open = <Key extends keyof Cluster>(name: Key) => pulumi.unsecret(value(name));

const pool = new WorkerPool("workers", {
  cluster: {
    kubernetesVersion: open("kubernetesVersion"),
    apiServerEndpoint: open("apiServerEndpoint"),
    caCertPem: open("caCertPem"),
    clusterCIDR: open("clusterCIDR"),
    clusterDNS: open("clusterDNS"),
    bootstrapToken: value("bootstrapToken"),
    kubeProxyCertificate: {
      certPem: cluster.apply((all) => all.kubeProxyCertificate.certPem),
      privateKeyPem: cluster.apply((all) => all.kubeProxyCertificate.privateKeyPem),
    },
    kubeconfig: value("kubeconfig"),
  },
  binaries: config.requireObject<WorkerPoolArgs["binaries"]>("binaries"),
  hosts: machines.map(({ name, address, hostKey }) => ({
    nodeName: name,
    connection: { host: address, hostKey, privateKey: key.privateKeyOpenssh },
    nodeIP: address,
  })),
});

export const nodes = Object.values(pool.nodes).map(({ nodeName }) => nodeName);
