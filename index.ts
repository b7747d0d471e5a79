import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkNodeVersion } from "./base/nodeVersion";
import { ClusterBootstrap, WorkerPool } from "./components";
import type { WorkerNode } from "./components";
import { loadSettings } from "./settings";
import { clusterArgs, poolArgs } from "./settings/componentArgs";

checkNodeVersion();
const settings = loadSettings();

const cluster = new kubernetes.Provider(
  "worker-nodes",
  {
    kubeconfig: settings.secrets.kubeconfig,
    // One stack is one cluster: neither another address of it, nor another CA or new credentials may replace what is in it.
    clusterIdentifier: "the cluster of this stack",
    // A run that is cut off may have made an object without having recorded it: the next run takes it up.
    upsertExistingObjects: true,
  },
  // Its name when the address was the identifier. What belongs to a provider that is known by an alias is not replaced with it.
  { aliases: [{ name: "cluster" }] },
);

const bootstrap = new ClusterBootstrap(
  "worker-nodes",
  {
    bootstrapToken: settings.secrets.bootstrapToken,
    caCertPem: settings.encrypted.has("caCertPem") ? pulumi.secret(settings.caCertPem) : settings.caCertPem,
    caPrivateKeyPem: settings.secrets.caPrivateKeyPem,
  },
  { providers: [cluster] },
);

const pool = new WorkerPool("pool", poolArgs(settings, clusterArgs(settings, bootstrap)));

/** What the run of a node ended with. One that failed is named in the diagnostics and takes no other's result with it. */
function result({ podCIDRs, facts, verification }: WorkerNode): pulumi.Output<object> {
  const seen = pulumi.all([podCIDRs, facts, verification]);
  const shown = seen.apply(([ranges, host, last]): object => ({ podCIDRs: ranges, facts: host, verification: last }));
  return pulumi.recover(shown, () => ({ failed: true }));
}

/** Node name -> ranges of its pods, facts of its host, and what the last look saw. */
export const nodes = Object.fromEntries(Object.entries(pool.nodes).map(([name, node]) => [name, result(node)]));
