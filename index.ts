import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tendHeap } from "./base/heap";
import { checkNodeVersion } from "./base/nodeVersion";
import { leaveOutPromiseStacks } from "./base/promiseStacks";
import { ClusterBootstrap, WorkerNode, WorkerPool } from "./components";
import { loadSettings } from "./settings";
import { clusterArgs, hasFlannel, ownNodes, poolArgs } from "./settings/componentArgs";

checkNodeVersion();
leaveOutPromiseStacks();
// Most of what a program holds, it holds to the end: looking through it often would take more than it frees.
setInterval(() => tendHeap(0.5), 250).unref();

/** The stack program. Its outputs are `nodes`: Node name -> ranges of its pods, facts of its host, what the last look saw,
 * kube-proxy's rules then, and the ways that packets went. */
export = async () => {
  const settings = await loadSettings();

  const provider = new kubernetes.Provider(
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
      flannel: hasFlannel(settings),
    },
    { providers: [provider] },
  );

  const cluster = clusterArgs(settings, bootstrap);
  const nodes = settings.pools.flatMap((pool) => {
    const parent = new WorkerPool(pool.name, poolArgs(settings, pool, cluster));
    // A host with something of its own is a node by itself, known by the same name as if it had not.
    const own = ownNodes(settings, pool, cluster).map(
      (args) => [args.nodeName, new WorkerNode(args.nodeName, args, { parent })] as const,
    );
    return [...Object.entries(parent.nodes), ...own];
  });
  return { nodes: Object.fromEntries(nodes.map(([name, node]) => [name, result(node)])) };
};

/** What the run of a node ended with. One that failed is named in the diagnostics and takes no other's result with it. */
function result({ podCIDRs, facts, verification }: WorkerNode): pulumi.Output<object> {
  const seen = pulumi.all([podCIDRs, facts, verification]);
  const shown = seen.apply(([ranges, host, last]): object => {
    // Line by line: of a long text the CLI shows the beginning only.
    const [verification = "", ...lines] = last.split("\n");
    const [rules, packets] = splitAt(lines, "packets:");
    return { podCIDRs: ranges, facts: host, verification, rules, packets };
  });
  return pulumi.recover(shown, () => ({ failed: true }));
}

function splitAt(lines: string[], line: string): [before: string[], after: string[]] {
  const at = lines.indexOf(line);
  return at === -1 ? [lines, []] : [lines.slice(0, at), lines.slice(at + 1)];
}
