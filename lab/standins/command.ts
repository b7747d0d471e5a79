import { copyToRemote } from "./command/copyToRemote";
import { remoteCommand } from "./command/remoteCommand";
import { runPlugin } from "./protocol/runPlugin";
import type { StandIn } from "./protocol/standIn";

/** Stands in for pulumi-resource-command: `command:remote:Command` and `CopyToRemote`, over ssh2. */
export const commandStandIn: StandIn = {
  name: "command",
  acceptSecrets: true,
  resources: { "command:remote:Command": remoteCommand, "command:remote:CopyToRemote": copyToRemote },
};

if (require.main === module) void runPlugin(commandStandIn);
