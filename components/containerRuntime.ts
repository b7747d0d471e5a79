import * as pulumi from "@pulumi/pulumi";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { cniCleanup } from "../render/cleanupScripts";
import { renderCniConflistTemplate, renderFlannelConflist } from "../render/cniConflist";
import { renderContainerdConfig } from "../render/containerdConfig";
import { containerdHealth } from "../render/healthScripts";
import { containerdLook } from "../render/lookScripts";
import { paths } from "../render/paths";
import { allFiles, filesOf, type NodeFiles } from "./nodeFiles";
import type { ContainerRuntimeArgs, NodePartArgs } from "./nodePartArgs";
import { checkedPartArgs, parts } from "./partArguments";

/**
 * containerd's own configuration, as a drop-in beside the host's: where CNI plugins and networks are, the sandbox image,
 * the cgroup driver, and unless cniMode is "none" the template that containerd makes the pod network from once the kubelet
 * tells it the Node's podCIDR. containerd itself is the host's; it is restarted only when this changes. The pod network is a part of
 * it and no component of its own: containerd makes it, from a file that it reads with this one, and the plugins come with {@link NodeBinaries}.
 *
 * Needs the host claimed and prepared: `dependsOn` a {@link HostPreparation}.
 *
 * @example
 * new ContainerRuntime("node-1-containerd", { connection, claim, cluster: { clusterCIDR: "10.2.0.0/16" } }, { dependsOn: preparation });
 */
export class ContainerRuntime extends pulumi.ComponentResource {
  constructor(name: string, given: ContainerRuntimeArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedPartArgs(parts.containerRuntime, name, given);
    super("kubernetes-worker-nodes:index:ContainerRuntime", name, {}, opts);
    const { connection, claim, cniMode } = args;
    new SystemdService(
      name,
      {
        connection,
        claim,
        unitName: "containerd.service",
        ...allFiles(dropIn(args), ...(cniMode === "none" ? [] : [conflistTemplate(args)])),
        healthCheck: containerdHealth({ cniMode }),
        ...(cniMode === "none" ? {} : { cleanup: cniCleanup() }),
        look: containerdLook({ cniMode }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function dropIn({ cniMode, sandboxImage, containerdConfiguration: overrides }: NodePartArgs): NodeFiles {
  return filesOf({ sandboxImage, overrides }, (known) => ({
    [paths.containerdDropIn]: { content: renderContainerdConfig({ cniMode, ...known }) },
  }));
}

function conflistTemplate({ cniMode, podNetworkMTU: mtu, kubeProxyMode, cluster }: NodePartArgs): NodeFiles {
  const { clusterCIDR } = cluster;
  const template = (ranges: string): FileMap => {
    const ipFamilies = ranges.split(",").length;
    const content =
      cniMode === "flannel"
        ? renderFlannelConflist({ kubeProxyMode, mtu })
        : renderCniConflistTemplate({ ipFamilies, kubeProxyMode, mtu });
    return { [paths.cniTemplate]: { content } };
  };
  // How many ranges there are is no secret, whatever they are.
  return { files: pulumi.unsecret(pulumi.output(clusterCIDR).apply(template)) };
}
