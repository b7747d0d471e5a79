import { run } from "./machine/command";
import { ensureDaemon, stopDaemon } from "./machine/daemons";
import { projectDirectory } from "./machine/directories";
import { LabError } from "./machine/errors";
import { routeProtocol } from "./network/network";
import { routerDaemon } from "./network/routerDaemon";
import { readState } from "./plan/labState";
import { layoutOf } from "./plan/layout";

/** Whether the network between a lab's hosts has routes to their pods, as that of a rack with a router has, or none. */
export async function setRouting(name: string, routed: boolean): Promise<void> {
  const state = await readState(projectDirectory(), name);
  if (!state) throw new LabError(`the lab "${name}" is not there`, "run `lab up`");
  const layout = layoutOf(state.options, projectDirectory());
  const router = routerDaemon(state.options, layout, projectDirectory());
  if (routed) {
    await ensureDaemon(router);
  } else {
    await stopDaemon(router.recordPath);
    await run("ip", ["route", "flush", "dev", layout.bridge, "proto", routeProtocol]);
  }
}
