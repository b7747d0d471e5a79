import * as pulumi from "@pulumi/pulumi";
import type { ProxyMode } from "../base/modes";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { kubeProxyCleanup, kubeProxyTidy } from "../render/cleanupScripts";
import { kubeProxyHealth } from "../render/healthScripts";
import { renderKubeconfig } from "../render/kubeconfig";
import { renderKubeProxyConfiguration } from "../render/kubeProxyConfiguration";
import { renderKubeProxyUnit } from "../render/kubeProxyUnit";
import { kubeProxyLook } from "../render/lookScripts";
import { paths, programPath } from "../render/paths";
import { allFiles, filesOf, revisionOf, type NodeFiles } from "./nodeFiles";
import type { KubeProxyArgs, NodePartArgs } from "./nodePartArgs";
import { checkedPartArgs, parts } from "./partArguments";
import type { BinaryArgs } from "./workerNodeArgs";

/** Arguments of a kube-proxy that runs. */
interface RunningProxyArgs extends NodePartArgs {
  kubeProxyMode: ProxyMode;
  binaries: NodePartArgs["binaries"] & { kubeProxy: Required<BinaryArgs> };
}

/** Those of a node whose Services are kube-proxy's business, for which the rules of the arguments ask for its binary. */
export function runsKubeProxy(args: NodePartArgs): args is RunningProxyArgs {
  return args.kubeProxyMode !== "none" && args.binaries.kubeProxy !== undefined;
}

/**
 * A running kube-proxy: kubeconfig with its client certificate, KubeProxyConfiguration and the unit.
 *
 * Needs its binary there and its Node to come: `dependsOn` a {@link NodeBinaries} and a {@link Kubelet}.
 *
 * @example
 * new KubeProxy("node-1-kube-proxy", { ...node, claim, kubeProxyMode: "iptables" }, { dependsOn: kubelet });
 */
export class KubeProxy extends pulumi.ComponentResource {
  /** Changes when what kube-proxy runs with changed, besides its certificate. */
  public readonly revision: pulumi.Output<string>;

  constructor(name: string, given: KubeProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedPartArgs(parts.kubeProxy, name, given);
    if (!runsKubeProxy(args))
      throw new pulumi.RunError(`KubeProxy "${name}": with kubeProxyMode "none" there is none; leave it out`);
    super("kubernetes-worker-nodes:index:KubeProxy", name, {}, opts);
    const { connection, claim, kubeProxyMode: mode, kubeProxyConfiguration } = args;
    const { kubernetesVersion } = args.cluster;
    const configuration = configurationFile(args);
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
        ...allFiles(kubeconfigFile(args), configuration),
        programs: binary.apply(({ program, sha256 }) => ({ [program]: sha256 })),
        healthCheck: pulumi.output(kubeProxyConfiguration).apply((overrides) => kubeProxyHealth({ mode, overrides })),
        cleanup: kubeProxyCleanup(),
        tidy: kubeProxyTidy({ mode }),
        look: kubeProxyLook({ mode }),
      },
      { parent: this },
    );
    this.revision = pulumi
      .all([configuration.files, configuration.secretFiles ?? {}, binary])
      // The configuration says the mode too.
      .apply(([open, secret, { sha256 }]) => revisionOf([{ ...open, ...secret }, sha256]));
    this.registerOutputs({});
  }
}

function configurationFile(args: RunningProxyArgs): NodeFiles {
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
