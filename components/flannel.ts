import * as pulumi from "@pulumi/pulumi";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { flannelCleanup, flannelTidy } from "../render/cleanupScripts";
import { renderFlannelConfiguration } from "../render/flannelConfiguration";
import { renderFlannelUnit } from "../render/flannelUnit";
import { flannelHealth } from "../render/healthScripts";
import { renderKubeconfig } from "../render/kubeconfig";
import { flannelLook } from "../render/lookScripts";
import { flanneldPath, paths } from "../render/paths";
import { allFiles, filesOf, revisionOf, type NodeFiles } from "./nodeFiles";
import type { FlannelArgs, NodePartArgs } from "./nodePartArgs";
import { checkedPartArgs, parts } from "./partArguments";
import type { BinaryArgs, CheckedClusterArgs } from "./workerNodeArgs";

/** Arguments of a flanneld that runs. */
interface RunningFlannelArgs extends NodePartArgs {
  cluster: CheckedClusterArgs & Required<Pick<CheckedClusterArgs, "flannelCertificate">>;
  binaries: NodePartArgs["binaries"] & { flanneld: Required<BinaryArgs> };
}

/** Those of a node with cniMode "flannel", for which the rules of the arguments ask for what it needs. */
export function runsFlannel(args: NodePartArgs): boolean {
  return args.cniMode === "flannel";
}

/**
 * A running flanneld: kubeconfig with its client certificate, network configuration and the unit. The pods' network itself, of which
 * flannel's plugin is a part, is the {@link ContainerRuntime}'s with cniMode "flannel".
 *
 * Needs its binary there and its Node to come: `dependsOn` a {@link NodeBinaries} and a {@link Kubelet}.
 *
 * @example
 * new Flannel("node-1-flannel", { ...node, claim, cniMode: "flannel", flannelBackend: "host-gw" }, { dependsOn: kubelet });
 */
export class Flannel extends pulumi.ComponentResource {
  /** Changes when what flanneld runs with changed, besides its certificate. */
  public readonly revision: pulumi.Output<string>;

  constructor(name: string, given: FlannelArgs, opts?: pulumi.ComponentResourceOptions) {
    // The rules of a part, and those of a node with cniMode "flannel", ask for certificate and binary.
    const args = checkedPartArgs(parts.flannel, name, given) as RunningFlannelArgs;
    super("kubernetes-worker-nodes:index:Flannel", name, {}, opts);
    const { connection, claim, nodeName, nodeIP, flannelBackend: backend } = args;
    const { clusterCIDR } = args.cluster;
    const { sha256 } = args.binaries.flanneld;
    const configuration = configurationFile(args);
    const unit = pulumi
      .output({ sha256, clusterCIDR, nodeIP })
      .apply(({ sha256: digest, ...known }) =>
        renderFlannelUnit({ program: flanneldPath(digest), nodeName, ...known }),
      );
    new SystemdService(
      name,
      {
        connection,
        claim,
        unitName: "flanneld.service",
        unit,
        ...allFiles(kubeconfigFile(args), configuration),
        programs: pulumi.output(sha256).apply((digest) => ({ [flanneldPath(digest)]: digest })),
        healthCheck: flannelHealth({ backend }),
        cleanup: flannelCleanup(),
        tidy: flannelTidy({ backend }),
        look: flannelLook({ backend }),
      },
      { parent: this },
    );
    this.revision = pulumi
      .all([unit, configuration.files, configuration.secretFiles ?? {}])
      // The unit names the build of the binary.
      .apply(([text, open, secret]) => revisionOf([text, { ...open, ...secret }]));
    this.registerOutputs({});
  }
}

function configurationFile({ cluster, flannelBackend: backend, podNetworkMTU: mtu }: NodePartArgs): NodeFiles {
  const { clusterCIDR } = cluster;
  return filesOf({ clusterCIDR }, (known) => ({
    [paths.flannelNetConf]: { content: renderFlannelConfiguration({ backend, mtu, ...known }), mode: "0644" },
  }));
}

function kubeconfigFile({ cluster }: RunningFlannelArgs): NodeFiles {
  const { apiServerEndpoint: server, clusterName, caCertPem, flannelCertificate: certificate } = cluster;
  return filesOf(pulumi.secret({ server, clusterName, caCertPem, certificate }), (known): FileMap => {
    const { certPem: clientCertificatePem, privateKeyPem: clientKeyPem } = known.certificate;
    const { server, clusterName, caCertPem } = known;
    const user = { userName: "flannel", clientCertificatePem, clientKeyPem };
    return { [paths.flannelKubeconfig]: { content: renderKubeconfig({ server, clusterName, caCertPem, ...user }) } };
  });
}
