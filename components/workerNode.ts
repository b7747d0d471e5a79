import * as pulumi from "@pulumi/pulumi";
import { NodeRegistration } from "../cluster/nodeRegistration";
import { ApiServerProxy, hasApiServers } from "./apiServerProxy";
import { HostClaim } from "./claim/hostClaim";
import { ContainerRuntime } from "./containerRuntime";
import { Flannel, runsFlannel } from "./flannel";
import { HostPreparation } from "./hostPreparation";
import { Kubelet } from "./kubelet";
import { KubeProxy, runsKubeProxy } from "./kubeProxy";
import { asChecked, checkedNodeArgs } from "./nodeArguments";
import { NodeBinaries } from "./nodeBinaries";
import type { NodePartArgs } from "./nodePartArgs";
import { verifyNode } from "./verification";
import type { WorkerNodeArgs } from "./workerNodeArgs";

/**
 * One host as a Kubernetes worker node. The constructor is the list of steps, in the order the host sees them; on removal
 * they are undone from the last to the first. Nothing of one node depends on another.
 *
 * The host has to run Linux with systemd and containerd 2.x, and be reached over SSH as root or with passwordless sudo.
 *
 * @example
 * new WorkerNode("node-1", { nodeName: "node-1", connection, cluster, binaries, labels: { "node-role.kubernetes.io/worker": "" } });
 */
export class WorkerNode extends pulumi.ComponentResource {
  /** Name of the Node. */
  public readonly nodeName: pulumi.Output<string>;
  /** Ranges the cluster gave the Node for its pods. */
  public readonly podCIDRs: pulumi.Output<string[]>;
  /** What the host is, from preflight. */
  public readonly facts: pulumi.Output<string>;
  /** What the last look saw: a line with the time, kube-proxy's rules, a line `packets:`, and a line for each way that packets went. */
  public readonly verification: pulumi.Output<string>;

  constructor(name: string, given: WorkerNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedNodeArgs(name, given);
    super("kubernetes-worker-nodes:index:WorkerNode", name, {}, opts);
    const after = (...steps: pulumi.Resource[]): pulumi.ComponentResourceOptions => ({
      parent: this,
      dependsOn: steps,
    });

    const claim = new HostClaim(`${name}-claim`, asChecked(args), after());
    const parts = asChecked({ ...args, claim: claim.claim });
    const binaries = new NodeBinaries(`${name}-binaries`, parts, after(claim));
    const preparation = new HostPreparation(`${name}-preparation`, parts, after(claim));
    const runtime = new ContainerRuntime(`${name}-containerd`, parts, after(preparation));
    // The kubelet's way to its API servers.
    const way = hasApiServers(parts) ? [new ApiServerProxy(`${name}-api-server-proxy`, parts, after(preparation))] : [];
    const kubelet = new Kubelet(`${name}-kubelet`, parts, after(runtime, binaries, ...way));
    // kube-proxy waits up to half a minute for its Node and ends once the Node gets an address: the kubelet comes first.
    const proxy = runsKubeProxy(parts) ? new KubeProxy(`${name}-kube-proxy`, parts, after(kubelet)) : undefined;
    // flanneld asks for the range of the Node, which the kubelet registers.
    const flannel = runsFlannel(parts) ? new Flannel(`${name}-flannel`, parts, after(kubelet)) : undefined;
    const running = [proxy ?? kubelet, ...(flannel === undefined ? [] : [flannel])];
    const registration = registerNode(`${name}-registration`, { ...parts, kubelet, proxy }, after(...running));
    // Of a machine that is gone for good there is nothing to see.
    this.verification = args.lost
      ? pulumi.output("")
      : verifyNode(`${name}-verification`, { ...args, kubelet, proxy, flannel, registration }, after(registration));
    this.nodeName = registration.nodeName;
    this.podCIDRs = registration.podCIDRs;
    this.facts = claim.facts;
    this.registerOutputs({});
  }
}

function registerNode(
  name: string,
  args: NodePartArgs & { kubelet: Kubelet; proxy?: KubeProxy },
  opts: pulumi.CustomResourceOptions,
): NodeRegistration {
  const inputs = {
    kubeconfig: args.cluster.kubeconfig,
    nodeName: args.nodeName,
    labels: args.labels,
    taints: args.taints,
    kubeletVersion: pulumi.interpolate`v${args.cluster.kubernetesVersion}`,
    revision: args.kubelet.revision,
    proxyRevision: args.proxy?.revision,
    podNetwork: args.cniMode,
    claim: args.claim,
    readyTimeoutSeconds: args.nodeReadyTimeoutSeconds,
    drainTimeoutSeconds: args.drainTimeoutSeconds,
  };
  return new NodeRegistration(name, inputs, opts);
}
