import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Script } from "../base/script";
import { withHostKey, type Connection } from "../host/connection";
import { scriptText } from "../host/scriptText";

/**
 * A script that only looks: it runs when it is new or changed, and running it again (a new SSH key is enough for
 * remote.Command) does no harm. It travels on standard input, so an error never repeats its text.
 */
export function readOnlyCommand(
  name: string,
  connection: pulumi.Input<Connection>,
  script: pulumi.Input<Script>,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  const secretConnection = pulumi.secret(connection).apply(withHostKey);
  return new command.remote.Command(
    name,
    {
      connection: secretConnection.apply(commandConnection),
      create: pulumi.unsecret(
        secretConnection.apply(({ user }) => ((user ?? "root") === "root" ? "sh -s" : "sudo -n sh -s")),
      ),
      stdin: pulumi.output(script).apply(scriptText),
      addPreviousOutputInEnv: false,
      logging: command.remote.Logging.None,
    },
    opts,
  );
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
