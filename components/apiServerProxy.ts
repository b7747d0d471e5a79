import * as pulumi from "@pulumi/pulumi";
import type { FileMap } from "../host/files";
import { SystemdService } from "../host/systemdService";
import { renderApiServerProxyConfiguration, renderApiServerProxyUnit } from "../render/apiServerProxy";
import { apiServerProxyHealth } from "../render/healthScripts";
import { apiServerProxyLook } from "../render/lookScripts";
import { paths } from "../render/paths";
import { allFiles, filesOf, type NodeFiles } from "./nodeFiles";
import type { ApiServerProxyArgs, NodePartArgs } from "./nodePartArgs";
import { checkedPartArgs, parts } from "./partArguments";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/** Arguments of a node that has a proxy of its own. */
interface ProxiedArgs extends NodePartArgs {
  cluster: NodePartArgs["cluster"] & { apiServers: pulumi.Input<string[]> };
}

/** Whether a node has a proxy of its own to its API servers. */
export function hasApiServers(args: CheckedNodeArgs): args is ProxiedArgs {
  return args.cluster.apiServers !== undefined;
}

/**
 * A proxy of the node's own to several API servers, at the `apiServerEndpoint` that kubelet and kube-proxy ask: HAProxy of the host's
 * distribution, as a unit of its own. It asks each API server every few seconds whether it is ready, and moves connections away from
 * one that is not; another list is read without a restart.
 *
 * Needs HAProxy there: `dependsOn` a {@link HostPreparation} that has the same `apiServers`. A {@link Kubelet} and a {@link KubeProxy}
 * come after it.
 *
 * @example
 * new ApiServerProxy("node-1-api-server-proxy", { ...node, claim }, { dependsOn: preparation });
 */
export class ApiServerProxy extends pulumi.ComponentResource {
  constructor(name: string, given: ApiServerProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedPartArgs(parts.apiServerProxy, name, given);
    if (!hasApiServers(args))
      throw new pulumi.RunError(`ApiServerProxy "${name}": without cluster.apiServers there is none; leave it out`);
    super("kubernetes-worker-nodes:index:ApiServerProxy", name, {}, opts);
    const { connection, claim } = args;
    const ends = proxyEnds(args);
    new SystemdService(
      name,
      {
        connection,
        claim,
        unitName: "kube-apiserver-proxy.service",
        unit: renderApiServerProxyUnit(),
        ...allFiles(configurationFile(args), caFile(args)),
        healthCheck: ends.apply(apiServerProxyHealth),
        look: apiServerProxyLook(),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function proxyEnds({ cluster }: ProxiedArgs) {
  const { apiServers: servers, apiServerEndpoint: endpoint, caCertPem } = cluster;
  return pulumi.output({ servers, endpoint, caCertPem });
}

function configurationFile(args: ProxiedArgs): NodeFiles {
  const { apiServers: servers, apiServerEndpoint: endpoint, caCertPem } = args.cluster;
  return filesOf({ servers, endpoint, caCertPem }, (known): FileMap => ({
    [paths.apiServerProxyConfiguration]: {
      content: renderApiServerProxyConfiguration(known),
      mode: "0600",
      reload: true,
    },
  }));
}

/** The kubelet's own comes later than the proxy, and goes before it. */
function caFile({ cluster: { caCertPem } }: ProxiedArgs): NodeFiles {
  return {
    files: pulumi
      .output(caCertPem)
      .apply((content): FileMap => ({ [paths.apiServerProxyCa]: { content, mode: "0644", reload: true } })),
  };
}
