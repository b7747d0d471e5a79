import { existsSync } from "node:fs";
import * as path from "node:path";
import type { Daemon } from "../machine/daemons";
import { LabError } from "../machine/errors";
import { type LabLayout, labVariable } from "../plan/layout";
import type { LabOptions } from "../plan/options";

/** The lab's router (router.ts) as a background process. */
export function routerDaemon(options: LabOptions, layout: LabLayout, projectDirectory: string): Daemon {
  const script = path.join(projectDirectory, "dist", "lab", "network", "router.js");
  if (!existsSync(script)) throw new LabError(`${script}: not built`, "run `npm run build`");
  return {
    name: "router",
    command: process.execPath,
    args: [script, layout.files.kubeconfig, layout.bridge, options.subnet, options.clusterCIDR],
    env: { [labVariable]: layout.files.directory },
    logPath: path.join(layout.files.logs, "router.log"),
    recordPath: path.join(layout.files.processes, "router.json"),
  };
}
