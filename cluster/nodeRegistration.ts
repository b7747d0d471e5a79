import * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../base/dynamicResource";
import type { NodeNetwork } from "./networkFacts";

/** A taint to keep on a Node. */
export interface NodeTaintArgs {
  /** `dedicated`, `example.com/gpu`. */
  key: pulumi.Input<string>;
  /** Default: no value. */
  value?: pulumi.Input<string>;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
  effect: pulumi.Input<string>;
}

/** The claim of a host, and so of its Node. */
export interface ClaimArgs {
  /** Id of the claim: another one for each time that a host is claimed. */
  id: pulumi.Input<string>;
  /** Content of the host's /etc/machine-id. */
  machineId: pulumi.Input<string>;
  /** Stack that holds the host. @example "organization/project/stack" */
  owner: pulumi.Input<string>;
  /** The machine is gone for good: nothing is waited for or looked at, and its Node is its claim's to delete. Default: false. */
  lost?: pulumi.Input<boolean>;
}

/** Arguments of NodeRegistration. */
export interface NodeRegistrationArgs {
  /**
   * Text of a kubeconfig whose user may read, change and delete Nodes, get nodes/proxy, list and evict pods, read Leases,
   * CertificateSigningRequests and the Secrets of kube-system. It is made secret, and a new one is recorded once it works.
   */
  kubeconfig: pulumi.Input<string>;
  /** Name the kubelet registers under (`--hostname-override`), in lower case. Another name is another registration. */
  nodeName: pulumi.Input<string>;
  /**
   * Whose the Node has to be. It is written on the Node, which nobody else's registration changes or deletes then; another id
   * or machine has Ready waited for again.
   */
  claim: pulumi.Input<ClaimArgs>;
  /** Version the Node has to report, as in status.nodeInfo.kubeletVersion. @example "v1.37.2" */
  kubeletVersion: pulumi.Input<string>;
  /** Any text that changes when the kubelet or its configuration does: Ready is then waited for again. */
  revision: pulumi.Input<string>;
  /** Any text that changes when kube-proxy or its configuration does: where its rules have to lead is then asked anew. Default: none. */
  proxyRevision?: pulumi.Input<string>;
  /**
   * Who brings the network of its pods, which is written on the Node: nodes of the same one try each other's pods. Default: "none", of
   * which nothing is known. With "flannel", what flanneld writes on the Node is taken away once it is so no more. @example "bridge"
   */
  podNetwork?: pulumi.Input<string>;
  /**
   * Labels to keep on the Node, also those under `node-role.kubernetes.io/` that a kubelet may not set itself. Others
   * on the Node are left alone. Default: none.
   */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints to keep on the Node; one of the same key and effect is replaced, others are left alone. Default: none. */
  taints?: pulumi.Input<pulumi.Input<NodeTaintArgs>[]>;
  /** Seconds to wait for the Node to be Ready. Default: 300. */
  readyTimeoutSeconds?: pulumi.Input<number>;
  /** Seconds to drain for before the Node is deleted; 0 deletes it without draining. Default: 120. */
  drainTimeoutSeconds?: pulumi.Input<number>;
}

/**
 * The cluster's side of a worker node: exists once the Node of its host is Ready, keeps the Node's labels and taints, and drains
 * and deletes the Node when it goes, unless another claim has taken it over. Make it depend on the resources that start the kubelet, so that a node is drained
 * before its kubelet stops.
 *
 * Fails where the Node is not Ready in time, saying what was seen: the certificate requests of its kubelet, another machine under
 * its name, the Ready condition, or another kubelet version; where the API server does not reach its kubelet, saying why; and at once
 * where another stack holds the Node. Deleting fails where a Ready node cannot be drained in time; a node that is
 * not Ready is deleted all the same.
 *
 * See https://kubernetes.io/docs/concepts/architecture/nodes/ and
 * https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/.
 *
 * @example
 * new NodeRegistration("node-a-registration", {
 *   kubeconfig, nodeName: "node-a", kubeletVersion: "v1.37.2", revision: kubelet.revision,
 *   labels: { "node-role.kubernetes.io/worker": "" },
 *   taints: [{ key: "dedicated", value: "gpu", effect: "NoSchedule" }],
 * }, { dependsOn: kubelet });
 */
export class NodeRegistration extends DynamicResource {
  /** Name of the Node; also the resource's id. */
  declare readonly nodeName: pulumi.Output<string>;
  /** metadata.uid of the Node. */
  declare readonly nodeUid: pulumi.Output<string>;
  /** spec.podCIDRs of the Node, one an IP family; empty where the cluster does not allocate node CIDRs. */
  declare readonly podCIDRs: pulumi.Output<string[]>;
  /**
   * The Service `kubernetes` and its endpoints, as they were when the Node was last registered; empty where they could not be read.
   * @example "10.1.0.1:443=10.0.0.10:6443,10.0.0.11:6443"
   */
  declare readonly kubernetesService: pulumi.Output<string>;
  /** What the verification of the Node is told of the cluster's network, as it was when the Node was last registered. */
  declare readonly network: pulumi.Output<NodeNetwork>;
  /** What was last seen on the Node and is left to its administrator, one sentence each. @example ["Node node-a is cordoned"] */
  declare readonly told: pulumi.Output<string[]>;

  constructor(name: string, args: NodeRegistrationArgs, opts?: pulumi.CustomResourceOptions) {
    const props = {
      labels: {},
      taints: [],
      readyTimeoutSeconds: 300,
      drainTimeoutSeconds: 120,
      ...withoutUndefined(args),
      kubeconfig: pulumi.secret(args.kubeconfig),
      // Outputs: named here and left open, so that a preview knows them as not known yet.
      nodeUid: undefined,
      podCIDRs: undefined,
      told: undefined,
      kubernetesService: undefined,
      network: undefined,
    };
    const options = pulumi.mergeOptions({ additionalSecretOutputs: ["kubeconfig"] }, opts ?? {});
    super("NodeRegistration", name, props, options);
  }
}

/** An argument given as undefined takes its default, as one that is left out does. */
function withoutUndefined(args: NodeRegistrationArgs): Partial<NodeRegistrationArgs> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
