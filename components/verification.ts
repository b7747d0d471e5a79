import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { withHostKey, type Connection } from "../host/connection";
import type { FileSpec } from "../host/files";
import { scriptText } from "../host/scriptText";
import { paths } from "../render/paths";
import { verification } from "../render/verificationScript";
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

/**
 * The hand-made procedure's last look: services active, kube-proxy's rules there. It reads only, and running it again (a new SSH
 * key is enough for remote.Command) does no harm.
 *
 * @param revision it looks again whenever this changed.
 * @returns what was seen, one line a check.
 */
export function verifyNode(
  name: string,
  { connection, revision }: { connection: pulumi.Input<Connection>; revision: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const secretConnection = pulumi.secret(connection).apply(withHostKey);
  const look = (user = "root"): string => (user === "root" ? paths.verification : `sudo -n ${paths.verification}`);
  const inputs = {
    connection: secretConnection.apply(commandConnection),
    create: pulumi.unsecret(secretConnection.apply(({ user }) => look(user))),
    // The script does not read it; only a change of an input makes remote.Command run again.
    stdin: revision,
    addPreviousOutputInEnv: false,
    logging: command.remote.Logging.None,
  };
  return new command.remote.Command(name, inputs, opts).stdout;
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
