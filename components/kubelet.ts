import * as pulumi from "@pulumi/pulumi";
import { certificateDigests } from "../base/certificateDigests";
import type { Script } from "../base/script";
import { sha256 as sha256OfText } from "../base/sha256";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { kubeletCleanup } from "../render/cleanupScripts";
import { kubeletHealth } from "../render/healthScripts";
import { renderKubeconfig } from "../render/kubeconfig";
import { renderKubeletConfiguration } from "../render/kubeletConfiguration";
import { renderKubeletUnit } from "../render/kubeletUnit";
import { kubeletAdjust, kubeletLook } from "../render/lookScripts";
import { renderMasqueradeRules } from "../render/masquerade";
import { paths, programPath } from "../render/paths";
import { fileOf, fromOverrides } from "./overrides";
import type { NodePartArgs } from "./nodePartArgs";

/**
 * A running kubelet that asks to join: bootstrap kubeconfig, KubeletConfiguration, the cluster's CA and the unit.
 * Labels and taints are not its business: NodeRestriction refuses most of them to a kubelet.
 */
export class Kubelet extends pulumi.ComponentResource {
  /** Changes when what the kubelet runs with changed. */
  public readonly revision: pulumi.Output<string>;

  constructor(name: string, args: NodePartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:Kubelet", name, {}, opts);
    const { nodeName, nodeIP, kubeletConfiguration } = args;
    const { kubernetesVersion, apiServerEndpoint: server } = args.cluster;
    const caCertPem = pulumi.output(args.cluster.caCertPem);
    const masquerade = args.cniMode === "bridge";
    const { sha256 } = args.binaries.kubelet;
    const program = programPath("kubelet", kubernetesVersion, sha256);
    const unit =
      nodeIP === undefined || typeof nodeIP === "string"
        ? renderKubeletUnit({ program, nodeName, nodeIP, masquerade })
        : pulumi.output(nodeIP).apply((known) => renderKubeletUnit({ program, nodeName, nodeIP: known, masquerade }));
    const configuration = configurationFile(args);
    // What stands in the configuration stands in the rules too: a clusterCIDR that is secret in the one is so in the other.
    const rules = masqueradeFiles(args);
    const files = caCertPem.apply((pem): FileMap => ({
      ...configuration.files,
      [paths.caCert]: { content: pem, mode: "0644" },
      ...(configuration.secretFiles ? {} : rules),
    }));
    const secretConfiguration =
      configuration.secretFiles?.apply((secret): FileMap => ({ ...secret, ...rules })) ?? pulumi.output<FileMap>({});
    new SystemdService(
      name,
      {
        connection: args.connection,
        claim: args.claim,
        unitName: "kubelet.service",
        unit,
        files,
        secretFiles: pulumi
          .all([bootstrapKubeconfig(args), secretConfiguration])
          .apply(([kubeconfig, secret]) => ({ ...kubeconfig, ...secret })),
        programs: { [program]: sha256 },
        directories: [paths.staticPods, paths.kubeletDirectory],
        healthCheck: fromOverrides(kubeletConfiguration, (overrides) =>
          kubeletHealth({ kubernetesVersion, overrides }),
        ),
        cleanup: kubeletCleanup(),
        adjust: kubeletAdjust({ server }),
        adjusts: [paths.kubeletKubeconfig, paths.kubeletCertificate],
        look: look(args, caCertPem),
      },
      { parent: this },
    );
    this.revision = pulumi
      .all([unit, files, secretConfiguration])
      .apply(([text, read, secret]) => digest([text, { ...secret, ...read }, server, sha256]));
    this.registerOutputs({});
  }
}

function configurationFile(args: NodePartArgs): ReturnType<typeof fileOf> {
  const { kubernetesVersion, clusterDNS, clusterDomain } = args.cluster;
  return fileOf(paths.kubeletConfiguration, args.kubeletConfiguration, "0600", (overrides) =>
    renderKubeletConfiguration({ kubernetesVersion, clusterDNS, clusterDomain, overrides }),
  );
}

function masqueradeFiles({ cniMode, cluster: { clusterCIDR } }: NodePartArgs): FileMap {
  const rules = { [paths.masqueradeRules]: { content: renderMasqueradeRules({ clusterCIDR }), mode: "0600" } };
  return cniMode === "bridge" ? rules : {};
}

function look(
  { cniMode, cluster, kubeletConfiguration }: NodePartArgs,
  caCertPem: pulumi.Output<string>,
): pulumi.Output<Script> {
  const { apiServerEndpoint: server, clusterCIDR } = cluster;
  return caCertPem.apply((pem) =>
    pulumi.output(
      fromOverrides(kubeletConfiguration, (overrides) =>
        kubeletLook({ cniMode, server, caSha256: certificateDigests(pem), clusterCIDR, overrides }),
      ),
    ),
  );
}

/** Only read until the kubelet has a certificate of its own: a new token restarts nothing. */
function bootstrapKubeconfig(args: NodePartArgs): pulumi.Output<FileMap> {
  const { apiServerEndpoint: server, clusterName, caCertPem, bootstrapToken } = args.cluster;
  return pulumi.secret(pulumi.all([caCertPem, bootstrapToken])).apply(([ca, token]): FileMap => ({
    [paths.bootstrapKubeconfig]: {
      content: renderKubeconfig({ clusterName, server, caCertPem: ca, userName: "kubelet-bootstrap", token }),
      mode: "0600",
      restart: false,
    },
  }));
}

function digest(value: unknown): string {
  return sha256OfText(JSON.stringify(value)).slice(0, 16);
}
