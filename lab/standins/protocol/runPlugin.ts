import { EngineLog } from "./engineLog";
import { startPluginServer } from "./pluginServer";
import type { StandIn } from "./standIn";

/** How often to look whether the engine that started the plugin still lives. */
const parentCheckMs = 1000;

/**
 * Runs a stand-in as Pulumi runs a plugin: the Engine's address is the first argument (absent when the engine attaches
 * later) and the port goes to stdout, alone on its line. The process ends when it is killed or its parent is gone.
 */
export async function runPlugin(standIn: StandIn): Promise<void> {
  const address = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const served = await startPluginServer(standIn, new EngineLog(address));
  // Ctrl-C reaches the whole process group, but running steps are to end: the engine stops the plugin afterwards.
  process.on("SIGINT", () => {});
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, parentCheckMs).unref();
  process.stdout.write(`${served.address.replace(/.*:/, "")}\n`);
}
