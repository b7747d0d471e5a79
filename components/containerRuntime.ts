import * as pulumi from "@pulumi/pulumi";
import { SystemdService } from "../host/systemdService";
import { cniCleanupScript } from "../render/cleanupScripts";
import { cniConflistRefreshScript, renderCniConflistTemplate } from "../render/cniConflist";
import { renderContainerdConfig } from "../render/containerdConfig";
import { containerdHealthScript } from "../render/healthScripts";
import { paths } from "../render/paths";
import { fileOf } from "./overrides";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/**
 * containerd's own configuration, as a drop-in beside the host's: where CNI plugins and networks are, the sandbox image,
 * the cgroup driver, and with cniMode "bridge" the template that containerd makes the pod network from once the kubelet
 * tells it the Node's podCIDR. containerd itself is the host's; it is restarted only when this changes.
 */
export class ContainerRuntime extends pulumi.ComponentResource {
  constructor(name: string, args: CheckedNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:ContainerRuntime", name, {}, opts);
    const { connection, cniMode, kubeProxyMode, sandboxImage } = args;
    const bridge = cniMode === "bridge";
    const ipFamilies = args.cluster.clusterCIDR.split(",").length;
    const template = { [paths.cniTemplate]: { content: renderCniConflistTemplate({ ipFamilies, kubeProxyMode }) } };
    const dropIn = fileOf(paths.containerdDropIn, args.containerdConfiguration, "0644", (overrides) =>
      renderContainerdConfig({ cniMode, sandboxImage, overrides }),
    );
    const health = containerdHealthScript({ cniMode });
    new SystemdService(
      name,
      {
        connection,
        unitName: "containerd.service",
        files: { ...dropIn.files, ...(bridge ? template : {}) },
        ...(dropIn.secretFiles && { secretFiles: dropIn.secretFiles }),
        // A changed template reaches the network of a node that has one already only through the refresh.
        healthCheck: bridge ? `(\n${cniConflistRefreshScript()})\n${health}` : health,
        ...(bridge ? { cleanup: cniCleanupScript() } : {}),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
