import * as pulumi from "@pulumi/pulumi";
import { HostBinaries, type HostBinariesArgs } from "../host/hostBinaries";
import { cniPlugins } from "../render/cniConflist";
import { flanneldPath, paths, programPath } from "../render/paths";
import type { NodeBinariesArgs, NodePartArgs } from "./nodePartArgs";
import { checkedPartArgs, parts } from "./partArguments";

/**
 * The binaries of a node: kubelet, kube-proxy and flanneld at paths of their version, and the CNI plugins where containerd looks for them.
 * They travel while the host is prepared; in an upgrade they are all there before anything on the host changes to them.
 *
 * @example
 * new NodeBinaries("node-1-binaries", { connection, claim, cluster: { kubernetesVersion: "1.37.2" }, binaries, cniMode: "none" });
 */
export class NodeBinaries extends HostBinaries {
  constructor(name: string, args: NodeBinariesArgs, opts: pulumi.CustomResourceOptions = {}) {
    const checked = checkedPartArgs(parts.binaries, name, args);
    super(name, binaryInputs(checked), pulumi.mergeOptions(opts, { aliases: [pluginsAlone(name, opts.parent)] }));
  }
}

function binaryInputs(args: NodePartArgs): HostBinariesArgs {
  const { kubelet, kubeProxy, cniPlugins: archive } = args.binaries;
  const { kubernetesVersion } = args.cluster;
  const bridge = args.cniMode !== "none";
  const { flanneld, flannelCniPlugin } = args.cniMode === "flannel" ? args.binaries : {};
  const proxied = args.kubeProxyMode !== "none" && kubeProxy !== undefined;
  return {
    connection: args.connection,
    claim: args.claim,
    setName: "binaries",
    programs: pulumi
      .all([kubernetesVersion, kubelet, proxied ? kubeProxy : undefined, flanneld, flannelCniPlugin])
      .apply(([version, first, second, daemon, plugin]) => ({
        [programPath("kubelet", version, first.sha256)]: first,
        ...(second && { [programPath("kube-proxy", version, second.sha256)]: second }),
        ...(daemon && { [flanneldPath(daemon.sha256)]: daemon }),
        // containerd looks for it by its name alone.
        ...(plugin && { [paths.flannelCniPlugin]: plugin }),
      })),
    ...(bridge && archive !== undefined && { archive: pulumi.output(archive), directory: paths.cniBinDirectory }),
    members: bridge ? [...cniPlugins] : [],
  };
}

/** The CNI plugins were a resource of their own before, below a component, and kubelet and kube-proxy parts of their services. */
function pluginsAlone(name: string, parent: pulumi.Resource | undefined): pulumi.Alias {
  const before = name.replace(/-binaries$/, "-cni");
  return { name: before, parent: pulumi.createUrn(before, "kubernetes-worker-nodes:index:Cni", parent) };
}
