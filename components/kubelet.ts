import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { certificateDigests } from "../base/certificateDigests";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { kubeletCleanup } from "../render/cleanupScripts";
import { kubeletHealth } from "../render/healthScripts";
import { renderKubeconfig } from "../render/kubeconfig";
import { renderKubeletConfiguration } from "../render/kubeletConfiguration";
import { renderKubeletUnit } from "../render/kubeletUnit";
import { kubeletAdjust, kubeletLook } from "../render/lookScripts";
import { renderMasqueradeRules } from "../render/masquerade";
import { paths } from "../render/paths";
import type { NodePartArgs } from "./nodePartArgs";

/**
 * A running kubelet that asks to join: binary, bootstrap kubeconfig, KubeletConfiguration, the cluster's CA and the unit.
 * Labels and taints are not its business: NodeRestriction refuses most of them to a kubelet.
 */
export class Kubelet extends pulumi.ComponentResource {
  /** Changes when what the kubelet runs with changed. */
  public readonly revision: pulumi.Output<string>;

  constructor(name: string, args: NodePartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:Kubelet", name, {}, opts);
    const { kubernetesVersion, apiServerEndpoint: server, clusterCIDR } = args.cluster;
    const { cniMode = "bridge", kubeletConfiguration: overrides } = args;
    const masquerade = cniMode === "bridge";
    const caCertPem = pulumi.output(args.cluster.caCertPem);
    const adjust = caCertPem.apply((pem) => kubeletAdjust({ server, caCertPem: pem }));
    const look = caCertPem.apply((pem) =>
      kubeletLook({ cniMode, server, caSha256: certificateDigests(pem), clusterCIDR, overrides }),
    );
    const unit = renderKubeletUnit({ nodeName: args.nodeName, nodeIP: args.nodeIP, masquerade });
    const files = caCertPem.apply((pem) => configurationFiles(args, pem));
    new SystemdService(
      name,
      {
        connection: args.connection,
        claim: args.claim,
        unitName: "kubelet.service",
        unit,
        files,
        secretFiles: bootstrapKubeconfig(args),
        binaries: { [paths.kubelet]: args.binaries.kubelet },
        directories: [paths.staticPods, paths.kubeletDirectory],
        healthCheck: kubeletHealth({ kubernetesVersion, overrides: args.kubeletConfiguration }),
        cleanup: kubeletCleanup(),
        adjust,
        adjusts: [paths.kubeletKubeconfig],
        look,
      },
      { parent: this },
    );
    this.revision = files.apply((read) => digest([unit, read, server, args.binaries.kubelet.sha256]));
    this.registerOutputs({});
  }
}

function configurationFiles(args: NodePartArgs, caCertPem: string): FileMap {
  const { kubernetesVersion, clusterDNS, clusterDomain = "cluster.local", clusterCIDR } = args.cluster;
  const bridge = (args.cniMode ?? "bridge") === "bridge";
  const configuration = renderKubeletConfiguration({
    kubernetesVersion,
    clusterDNS,
    clusterDomain,
    overrides: args.kubeletConfiguration,
  });
  return {
    [paths.kubeletConfiguration]: { content: configuration, mode: "0600" },
    [paths.caCert]: { content: caCertPem, mode: "0644" },
    ...(bridge ? { [paths.masqueradeRules]: { content: renderMasqueradeRules({ clusterCIDR }), mode: "0600" } } : {}),
  };
}

/** Only read until the kubelet has a certificate of its own: a new token restarts nothing. */
function bootstrapKubeconfig(args: NodePartArgs): pulumi.Output<FileMap> {
  const { apiServerEndpoint: server, clusterName = "kubernetes", caCertPem, bootstrapToken } = args.cluster;
  return pulumi.secret(pulumi.all([caCertPem, bootstrapToken])).apply(([ca, token]): FileMap => ({
    [paths.bootstrapKubeconfig]: {
      content: renderKubeconfig({ clusterName, server, caCertPem: ca, userName: "kubelet-bootstrap", token }),
      mode: "0600",
      restart: false,
    },
  }));
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
