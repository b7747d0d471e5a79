import { EngineLog } from "./engineLog";
import { serveAsPlugin } from "./pluginProcess";
import { startPluginServer } from "./pluginServer";
import type { StandIn } from "./standIn";

/** Runs a stand-in as Pulumi runs a plugin: after options, the address of the Engine service is the argument. */
export async function runPlugin(standIn: StandIn): Promise<void> {
  const address = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  if (address === undefined) throw new Error(`usage: pulumi-resource-${standIn.name} ENGINE_ADDRESS`);
  const { address: own } = await startPluginServer(standIn, new EngineLog(address));
  serveAsPlugin(own);
}
