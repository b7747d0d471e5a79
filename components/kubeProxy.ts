import * as pulumi from "@pulumi/pulumi";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { kubeProxyCleanup } from "../render/cleanupScripts";
import { kubeProxyHealth } from "../render/healthScripts";
import { renderKubeconfig } from "../render/kubeconfig";
import { renderKubeProxyConfiguration } from "../render/kubeProxyConfiguration";
import { renderKubeProxyUnit } from "../render/kubeProxyUnit";
import { kubeProxyLook } from "../render/lookScripts";
import { paths, programPath } from "../render/paths";
import { fileOf, fromOverrides } from "./overrides";
import type { NodePartArgs } from "./nodePartArgs";

/** A running kube-proxy: kubeconfig with its client certificate, KubeProxyConfiguration and the unit. */
export class KubeProxy extends pulumi.ComponentResource {
  constructor(name: string, args: NodePartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:KubeProxy", name, {}, opts);
    const { nodeName, kubeProxyMode: mode, kubeProxyConfiguration } = args;
    const { kubernetesVersion, clusterCIDR } = args.cluster;
    const configuration = fileOf(paths.kubeProxyConfiguration, kubeProxyConfiguration, "0600", (overrides) =>
      renderKubeProxyConfiguration({ kubernetesVersion, nodeName, mode, clusterCIDR, overrides }),
    );
    const kubeconfig = kubeProxyKubeconfig(args);
    const { sha256 } = args.binaries.kubeProxy;
    const program = programPath("kube-proxy", kubernetesVersion, sha256);
    new SystemdService(
      name,
      {
        connection: args.connection,
        claim: args.claim,
        unitName: "kube-proxy.service",
        unit: renderKubeProxyUnit({ program }),
        files: configuration.files,
        secretFiles: pulumi
          .all([kubeconfig, configuration.secretFiles ?? {}])
          .apply(([first, second]) => ({ ...first, ...second })),
        programs: { [program]: sha256 },
        healthCheck: fromOverrides(kubeProxyConfiguration, (overrides) => kubeProxyHealth({ mode, overrides })),
        cleanup: kubeProxyCleanup(),
        look: kubeProxyLook({ mode }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function kubeProxyKubeconfig(args: NodePartArgs): pulumi.Output<FileMap> {
  const { apiServerEndpoint: server, clusterName, caCertPem, kubeProxyCertificate } = args.cluster;
  const { certPem, privateKeyPem } = kubeProxyCertificate;
  return pulumi
    .secret(pulumi.all([caCertPem, certPem, privateKeyPem]))
    .apply(([ca, clientCertificatePem, clientKeyPem]): FileMap => ({
      [paths.kubeProxyKubeconfig]: {
        content: renderKubeconfig({
          clusterName,
          server,
          caCertPem: ca,
          userName: "system:kube-proxy",
          clientCertificatePem,
          clientKeyPem,
        }),
        mode: "0600",
      },
    }));
}
