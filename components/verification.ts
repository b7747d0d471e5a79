import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { shellQuote } from "../base/shellQuote";
import type { NodeRegistration } from "../cluster/nodeRegistration";
import { withHostKey, type Connection } from "../host/connection";
import type { FileSpec } from "../host/files";
import { scriptText } from "../host/scriptText";
import { paths } from "../render/paths";
import { verification } from "../render/verificationScript";
import type { Kubelet } from "./kubelet";
import type { KubeProxy } from "./kubeProxy";
import type { CheckedNodeArgs } from "./workerNodeArgs";

/** The script that looks at a finished node, as a file of the host: an administrator may run it too. */
export function verificationFile(args: CheckedNodeArgs): pulumi.Output<FileSpec> {
  const { kubeProxyMode, cniMode, kubeletConfiguration, kubeProxyConfiguration } = args;
  const { clusterCIDR } = args.cluster;
  return pulumi.output({ clusterCIDR, kubeletConfiguration, kubeProxyConfiguration }).apply((known) => {
    const script = scriptText(verification({ kubeProxyMode, cniMode, ...known }));
    return { content: `#!/bin/sh\n${script}`, mode: "0700", sealed: true };
  });
}

/** What there is of a node when it is looked at. */
interface VerifiedParts {
  connection: pulumi.Input<Connection>;
  kubelet: Kubelet;
  /** None where another system makes Services work. */
  proxy?: KubeProxy;
  registration: NodeRegistration;
}

/**
 * The hand-made procedure's last look: services active, kube-proxy's rules there, which lead to the API servers. It reads only, and
 * running it again (a new SSH key is enough for remote.Command) does no harm. It looks again whenever kubelet or kube-proxy changed.
 *
 * @returns what was seen: a line with the time, then the rules.
 */
export function verifyNode(
  name: string,
  { connection, kubelet, proxy, registration }: VerifiedParts,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const secretConnection = pulumi.secret(connection).apply(withHostKey);
  const user = pulumi.unsecret(secretConnection.apply((known) => known.user));
  const kubernetes = proxy === undefined ? "" : registration.kubernetesService;
  // A program that is tested by Pulumi's mocks may have none.
  const ranges = registration.podCIDRs.apply((known: string[] | undefined) => known?.join(",") ?? "");
  const inputs = {
    connection: secretConnection.apply(commandConnection),
    create: pulumi.all([user, kubernetes, ranges]).apply(([name, ...told]) => lookCommand(name, ...told)),
    // The script does not read it; only a change of an input makes remote.Command run again.
    stdin: pulumi.all([kubelet.revision, proxy?.revision ?? ""]).apply((revisions) => revisions.join(" ").trim()),
    addPreviousOutputInEnv: false,
    logging: command.remote.Logging.None,
  };
  return new command.remote.Command(name, inputs, opts).stdout;
}

function lookCommand(user = "root", kubernetesService = "", podCIDRs = ""): string {
  const command = user === "root" ? paths.verification : `sudo -n ${paths.verification}`;
  const told = podCIDRs === "" && kubernetesService === "" ? [] : [kubernetesService, podCIDRs];
  return [command, ...told.map((text) => shellQuote(text))].join(" ");
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
