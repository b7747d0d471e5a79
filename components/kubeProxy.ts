import * as pulumi from "@pulumi/pulumi";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { kubeProxyCleanupScript } from "../render/cleanupScripts";
import { kubeProxyHealthScript } from "../render/healthScripts";
import { renderKubeconfig } from "../render/kubeconfig";
import { renderKubeProxyConfiguration } from "../render/kubeProxyConfiguration";
import { renderKubeProxyUnit } from "../render/kubeProxyUnit";
import { paths } from "../render/paths";
import { fileOf, fromOverrides } from "./overrides";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/** A running kube-proxy: binary, kubeconfig with its client certificate, KubeProxyConfiguration and the unit. */
export class KubeProxy extends pulumi.ComponentResource {
  constructor(name: string, args: CheckedNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:KubeProxy", name, {}, opts);
    const { nodeName, kubeProxyMode: mode, kubeProxyConfiguration } = args;
    const { kubernetesVersion, clusterCIDR } = args.cluster;
    const configuration = fileOf(paths.kubeProxyConfiguration, kubeProxyConfiguration, "0600", (overrides) =>
      renderKubeProxyConfiguration({ kubernetesVersion, nodeName, mode, clusterCIDR, overrides }),
    );
    const kubeconfig = kubeProxyKubeconfig(args);
    new SystemdService(
      name,
      {
        connection: args.connection,
        unitName: "kube-proxy.service",
        unit: renderKubeProxyUnit({}),
        files: configuration.files,
        secretFiles: pulumi
          .all([kubeconfig, configuration.secretFiles ?? {}])
          .apply(([first, second]) => ({ ...first, ...second })),
        binaries: pulumi.output({ [paths.kubeProxy]: args.binaries.kubeProxy }),
        healthCheck: fromOverrides(kubeProxyConfiguration, (overrides) => kubeProxyHealthScript({ mode, overrides })),
        cleanup: kubeProxyCleanupScript(),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function kubeProxyKubeconfig(args: CheckedNodeArgs): pulumi.Output<FileMap> {
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
