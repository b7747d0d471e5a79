import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { shellQuote } from "../base/shellQuote";
import type { NodeNetwork } from "../cluster/networkFacts";
import type { NodeRegistration } from "../cluster/nodeRegistration";
import { withHostKey, type Connection } from "../host/connection";
import type { FileSpec } from "../host/files";
import { scriptText } from "../host/scriptText";
import { paths } from "../render/paths";
import { verification } from "../render/verificationScript";
import { hasApiServers } from "./apiServerProxy";
import type { Flannel } from "./flannel";
import type { Kubelet } from "./kubelet";
import type { KubeProxy } from "./kubeProxy";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/** The script that looks at a finished node, as a file of the host: an administrator may run it too. */
export function verificationFile(args: CheckedNodeArgs): pulumi.Output<FileSpec> {
  const { kubeProxyMode, cniMode, kubeletConfiguration, kubeProxyConfiguration } = args;
  const { clusterCIDR, clusterDNS } = args.cluster;
  const apiServerProxy = hasApiServers(args);
  return pulumi.output({ clusterCIDR, clusterDNS, kubeletConfiguration, kubeProxyConfiguration }).apply((known) => {
    const script = scriptText(verification({ kubeProxyMode, cniMode, apiServerProxy, ...known }));
    return { content: `#!/bin/sh\n${script}`, mode: "0700", sealed: true };
  });
}

/** What there is of a node when it is looked at. */
interface VerifiedParts {
  connection: pulumi.Input<Connection>;
  kubelet: Kubelet;
  /** None where another system makes Services work. */
  proxy?: KubeProxy;
  /** None where the pods' network is not flannel's. */
  flannel?: Flannel;
  registration: NodeRegistration;
}

/**
 * The hand-made procedure's last look: services active, kube-proxy's rules there, which lead to the API servers, and packets that come
 * through, to the other nodes that were there when this one was registered too. It changes nothing, and
 * running it again (a new SSH key is enough for remote.Command) does no harm. It looks again whenever kubelet or kube-proxy changed.
 *
 * @returns what was seen: a line with the time, then the rules, a line `packets:` and a line for each way of packets.
 */
export function verifyNode(
  name: string,
  { connection, kubelet, proxy, flannel, registration }: VerifiedParts,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const secretConnection = pulumi.secret(connection).apply(withHostKey);
  const user = pulumi.unsecret(secretConnection.apply((known) => known.user));
  const { kubernetesService, podCIDRs, network } = registration;
  const inputs = {
    connection: secretConnection.apply(commandConnection),
    create: pulumi.all([user, kubernetesService, podCIDRs, network]).apply((told) => lookCommand(...told)),
    // The script does not read it; only a change of an input makes remote.Command run again.
    stdin: pulumi
      .all([kubelet.revision, proxy?.revision ?? "", flannel?.revision ?? ""])
      .apply((revisions) => revisions.join(" ").trim()),
    addPreviousOutputInEnv: false,
    logging: command.remote.Logging.None,
  };
  const { stdout } = new command.remote.Command(name, inputs, opts);
  return pulumi.all([stdout, network]).apply(([seen, { fromApiServer = "" } = nothingTold]) => {
    return fromApiServer === "" ? seen : `${seen.trimEnd()}\n${fromApiServer}`;
  });
}

/** What a registration says where a program is tested by Pulumi's mocks. */
const nothingTold: Partial<NodeNetwork> = {};

function lookCommand(
  user = "root",
  kubernetesService = "",
  podCIDRs: string[] = [],
  { kubelet = "", peers = [] }: Partial<NodeNetwork> = nothingTold,
): string {
  const command = user === "root" ? paths.verification : `sudo -n ${paths.verification}`;
  const told = [kubernetesService, podCIDRs.join(","), kubelet, peers.join(",")];
  const isTold = told.some((text) => text !== "");
  return [command, ...(isTold ? told.map((text) => shellQuote(text)) : [])].join(" ");
}

/** Field by field: remote.Command prints a connection with a field it does not know, key and all. */
function commandConnection(connection: Connection): Connection {
  const { host, port, user, privateKey, privateKeyPassword, password, agentSocketPath, hostKey } = connection;
  const { perDialTimeout = 15, dialErrorLimit = 3 } = connection;
  return {
    host,
    port,
    user,
    privateKey,
    privateKeyPassword,
    password,
    agentSocketPath,
    hostKey,
    perDialTimeout,
    dialErrorLimit,
  };
}
