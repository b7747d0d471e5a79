import * as pulumi from "@pulumi/pulumi";
import { SystemdService } from "../host/systemdService";
import { cniCleanup } from "../render/cleanupScripts";
import { renderCniConflistTemplate } from "../render/cniConflist";
import { renderContainerdConfig } from "../render/containerdConfig";
import { containerdHealth } from "../render/healthScripts";
import { containerdLook } from "../render/lookScripts";
import { paths } from "../render/paths";
import { fileOf } from "./overrides";
import type { NodePartArgs } from "./nodePartArgs";

/**
 * containerd's own configuration, as a drop-in beside the host's: where CNI plugins and networks are, the sandbox image,
 * the cgroup driver, and with cniMode "bridge" the template that containerd makes the pod network from once the kubelet
 * tells it the Node's podCIDR. containerd itself is the host's; it is restarted only when this changes.
 */
export class ContainerRuntime extends pulumi.ComponentResource {
  constructor(name: string, args: NodePartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:ContainerRuntime", name, {}, opts);
    const { connection, cniMode, kubeProxyMode, sandboxImage } = args;
    const bridge = cniMode === "bridge";
    const ipFamilies = args.cluster.clusterCIDR.split(",").length;
    const template = { [paths.cniTemplate]: { content: renderCniConflistTemplate({ ipFamilies, kubeProxyMode }) } };
    const dropIn = fileOf(paths.containerdDropIn, args.containerdConfiguration, "0644", (overrides) =>
      renderContainerdConfig({ cniMode, sandboxImage, overrides }),
    );
    new SystemdService(
      name,
      {
        connection,
        claim: args.claim,
        unitName: "containerd.service",
        files: { ...dropIn.files, ...(bridge ? template : {}) },
        ...(dropIn.secretFiles && { secretFiles: dropIn.secretFiles }),
        healthCheck: containerdHealth({ cniMode }),
        ...(bridge ? { cleanup: cniCleanup() } : {}),
        look: containerdLook({ cniMode }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
