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
import { allFiles, filesOf, type NodeFiles } from "./nodeFiles";
import type { NodePartArgs } from "./nodePartArgs";

/** A running kube-proxy: kubeconfig with its client certificate, KubeProxyConfiguration and the unit. */
export class KubeProxy extends pulumi.ComponentResource {
  constructor(name: string, args: NodePartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:KubeProxy", name, {}, opts);
    const { connection, claim, kubeProxyMode: mode, kubeProxyConfiguration } = args;
    const { kubernetesVersion } = args.cluster;
    const binary = pulumi.all([kubernetesVersion, args.binaries.kubeProxy.sha256]).apply(([version, sha256]) => ({
      program: programPath("kube-proxy", version, sha256),
      sha256,
    }));
    new SystemdService(
      name,
      {
        connection,
        claim,
        unitName: "kube-proxy.service",
        unit: binary.apply(renderKubeProxyUnit),
        ...allFiles(kubeconfigFile(args), configurationFile(args)),
        programs: binary.apply(({ program, sha256 }) => ({ [program]: sha256 })),
        healthCheck: pulumi.output(kubeProxyConfiguration).apply((overrides) => kubeProxyHealth({ mode, overrides })),
        cleanup: kubeProxyCleanup(),
        look: kubeProxyLook({ mode }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function configurationFile(args: NodePartArgs): NodeFiles {
  const { nodeName, kubeProxyMode: mode, kubeProxyConfiguration: overrides } = args;
  const { kubernetesVersion, clusterCIDR } = args.cluster;
  return filesOf({ kubernetesVersion, clusterCIDR, overrides }, (known) => ({
    [paths.kubeProxyConfiguration]: {
      content: renderKubeProxyConfiguration({ nodeName, mode, ...known }),
      mode: "0600",
    },
  }));
}

function kubeconfigFile({ cluster }: NodePartArgs): NodeFiles {
  const { apiServerEndpoint: server, clusterName, caCertPem, kubeProxyCertificate } = cluster;
  const values = { server, clusterName, caCertPem, certificate: kubeProxyCertificate };
  return filesOf(pulumi.secret(values), ({ certificate, ...known }): FileMap => {
    const { certPem: clientCertificatePem, privateKeyPem: clientKeyPem } = certificate;
    const userName = "system:kube-proxy";
    const content = renderKubeconfig({ ...known, userName, clientCertificatePem, clientKeyPem });
    return { [paths.kubeProxyKubeconfig]: { content } };
  });
}
