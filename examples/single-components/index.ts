// The steps of a node one by one, for a program that leaves some out or puts its own between: here no kube-proxy, whose work another
// system does. All parts take their arguments from one object and act under the claim of the host.
import * as pulumi from "@pulumi/pulumi";
import {
  ApiServerProxy,
  ContainerRuntime,
  HostClaim,
  HostPreparation,
  Kubelet,
  NodeBinaries,
  NodeRegistration,
  type WorkerNodeArgs,
} from "kubernetes-worker-nodes";

const config = new pulumi.Config();
const node: WorkerNodeArgs = { ...config.requireObject<WorkerNodeArgs>("node"), cniMode: "none" };
// Another name of a resource makes it anew, and takes over what the one before has put on the host.
const name = config.get("prefix") ?? "node";

const claimed = new HostClaim("node-claim", node);
const part = { ...node, claim: claimed.claim };
const binaries = new NodeBinaries(`${name}-binaries`, part, { dependsOn: claimed });
const preparation = new HostPreparation(`${name}-preparation`, part, { dependsOn: claimed });
const runtime = new ContainerRuntime(`${name}-containerd`, part, { dependsOn: preparation });
const { nodeName, cluster, labels } = node;
// Only a node of several API servers has a proxy of its own to them.
const proxies =
  cluster.apiServers === undefined
    ? []
    : [new ApiServerProxy(`${name}-api-server-proxy`, part, { dependsOn: preparation })];
const kubelet = new Kubelet(`${name}-kubelet`, part, { dependsOn: [runtime, binaries, ...proxies] });

const registration = new NodeRegistration(
  `${name}-registration`,
  {
    nodeName,
    claim: claimed.claim,
    kubeconfig: cluster.kubeconfig,
    kubeletVersion: pulumi.interpolate`v${cluster.kubernetesVersion}`,
    revision: kubelet.revision,
    ...(labels !== undefined && { labels }),
  },
  { dependsOn: kubelet },
);

export const { podCIDRs } = registration;
export const { facts } = claimed;
