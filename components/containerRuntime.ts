import * as pulumi from "@pulumi/pulumi";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { cniCleanup } from "../render/cleanupScripts";
import { renderCniConflistTemplate } from "../render/cniConflist";
import { renderContainerdConfig } from "../render/containerdConfig";
import { containerdHealth } from "../render/healthScripts";
import { containerdLook } from "../render/lookScripts";
import { paths } from "../render/paths";
import { allFiles, filesOf, type NodeFiles } from "./nodeFiles";
import type { NodePartArgs } from "./nodePartArgs";

/**
 * containerd's own configuration, as a drop-in beside the host's: where CNI plugins and networks are, the sandbox image,
 * the cgroup driver, and with cniMode "bridge" the template that containerd makes the pod network from once the kubelet
 * tells it the Node's podCIDR. containerd itself is the host's; it is restarted only when this changes.
 */
export class ContainerRuntime extends pulumi.ComponentResource {
  constructor(name: string, args: NodePartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:ContainerRuntime", name, {}, opts);
    const { connection, claim, cniMode } = args;
    new SystemdService(
      name,
      {
        connection,
        claim,
        unitName: "containerd.service",
        ...allFiles(dropIn(args), ...(cniMode === "bridge" ? [conflistTemplate(args)] : [])),
        healthCheck: containerdHealth({ cniMode }),
        ...(cniMode === "bridge" ? { cleanup: cniCleanup() } : {}),
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

function conflistTemplate({ kubeProxyMode, cluster: { clusterCIDR } }: NodePartArgs): NodeFiles {
  const template = (ranges: string): FileMap => {
    const ipFamilies = ranges.split(",").length;
    return { [paths.cniTemplate]: { content: renderCniConflistTemplate({ ipFamilies, kubeProxyMode }) } };
  };
  // How many ranges there are is no secret, whatever they are.
  return { files: pulumi.unsecret(pulumi.output(clusterCIDR).apply(template)) };
}
