import * as pulumi from "@pulumi/pulumi";
import { certificateDigests } from "../base/certificateDigests";
import type { Script } from "../base/script";
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
import { allFiles, filesOf, revisionOf, type NodeFiles } from "./nodeFiles";
import type { KubeletArgs, NodePartArgs } from "./nodePartArgs";
import { checkedPartArgs, parts } from "./partArguments";

/**
 * A running kubelet that asks to join: bootstrap kubeconfig, KubeletConfiguration, the cluster's CA and the unit.
 * Labels and taints are not its business: NodeRestriction refuses most of them to a kubelet; {@link NodeRegistration} sets them.
 *
 * Needs its binary and its runtime there: `dependsOn` a {@link NodeBinaries} and a {@link ContainerRuntime}.
 *
 * @example
 * new Kubelet("node-1-kubelet", { ...node, claim, kubeletConfiguration: { maxPods: 200 } }, { dependsOn: [runtime, binaries] });
 */
export class Kubelet extends pulumi.ComponentResource {
  /** Changes when what the kubelet runs with changed. */
  public readonly revision: pulumi.Output<string>;

  constructor(name: string, given: KubeletArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedPartArgs(parts.kubelet, name, given);
    super("kubernetes-worker-nodes:index:Kubelet", name, {}, opts);
    const { connection, claim, cluster, kubeletConfiguration } = args;
    const { kubernetesVersion, apiServerEndpoint } = cluster;
    const { sha256 } = args.binaries.kubelet;
    const unit = kubeletUnit(args);
    const read = allFiles(configurationFile(args), caFile(args), masqueradeFile(args));
    new SystemdService(
      name,
      {
        connection,
        claim,
        unitName: "kubelet.service",
        unit,
        ...allFiles(bootstrapKubeconfig(args), read),
        programs: pulumi
          .all([kubernetesVersion, sha256])
          .apply(([version, digest]) => ({ [programPath("kubelet", version, digest)]: digest })),
        directories: [paths.staticPods, paths.kubeletDirectory],
        healthCheck: pulumi.output({ kubernetesVersion, overrides: kubeletConfiguration }).apply(kubeletHealth),
        cleanup: kubeletCleanup(),
        adjust: pulumi.output(apiServerEndpoint).apply((server) => kubeletAdjust({ server })),
        adjusts: [paths.kubeletKubeconfig, paths.kubeletCertificate],
        look: look(args),
      },
      { parent: this },
    );
    this.revision = pulumi
      .all([unit, read.files, read.secretFiles, apiServerEndpoint, sha256])
      .apply(([text, files, secretFiles, server, binary]) =>
        revisionOf([text, { ...secretFiles, ...files }, server, binary]),
      );
    this.registerOutputs({});
  }
}

function kubeletUnit({ nodeName, nodeIP, cniMode, cluster, binaries }: NodePartArgs): pulumi.Output<string> {
  const masquerade = cniMode !== "none";
  return pulumi
    .all([cluster.kubernetesVersion, binaries.kubelet.sha256, nodeIP])
    .apply(([version, sha256, address]) =>
      renderKubeletUnit({ program: programPath("kubelet", version, sha256), nodeName, nodeIP: address, masquerade }),
    );
}

function configurationFile({ cluster, kubeletConfiguration: overrides }: NodePartArgs): NodeFiles {
  const { kubernetesVersion, clusterDNS, clusterDomain } = cluster;
  return filesOf({ kubernetesVersion, clusterDNS, clusterDomain, overrides }, (known) => ({
    [paths.kubeletConfiguration]: { content: renderKubeletConfiguration(known), mode: "0600" },
  }));
}

function caFile({ cluster: { caCertPem } }: NodePartArgs): NodeFiles {
  return {
    files: pulumi.output(caCertPem).apply((content): FileMap => ({ [paths.caCert]: { content, mode: "0644" } })),
  };
}

/** What stands in the configuration may stand here too: a clusterCIDR that is secret in the one is so in the other. */
function masqueradeFile({ cniMode, cluster, kubeletConfiguration }: NodePartArgs): NodeFiles {
  const { clusterCIDR } = cluster;
  return filesOf({ clusterCIDR, kubeletConfiguration }, (known): FileMap => {
    const rules = { content: renderMasqueradeRules(known), mode: "0600" };
    return cniMode === "none" ? {} : { [paths.masqueradeRules]: rules };
  });
}

function look({ cniMode, cluster, kubeletConfiguration }: NodePartArgs): pulumi.Output<Script> {
  const { apiServerEndpoint: server, clusterCIDR, caCertPem } = cluster;
  return pulumi
    .output({ server, clusterCIDR, caCertPem, overrides: kubeletConfiguration })
    .apply(({ caCertPem: pem, ...known }) => kubeletLook({ cniMode, caSha256: certificateDigests(pem), ...known }));
}

/** Only read until the kubelet has a certificate of its own: a new token restarts nothing. */
function bootstrapKubeconfig({ cluster }: NodePartArgs): NodeFiles {
  const { apiServerEndpoint: server, clusterName, caCertPem, bootstrapToken: token } = cluster;
  return filesOf(pulumi.secret({ server, clusterName, caCertPem, token }), (known) => ({
    [paths.bootstrapKubeconfig]: {
      content: renderKubeconfig({ ...known, userName: "kubelet-bootstrap" }),
      restart: false,
    },
  }));
}
