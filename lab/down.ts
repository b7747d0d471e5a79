import * as fs from "node:fs/promises";
import * as path from "node:path";
import { hasCommand } from "./machine/command";
import { stopDaemon, stopProcess } from "./machine/daemons";
import { dockerAnswers, ensureDocker, releaseDocker } from "./machine/docker";
import { exists } from "./machine/files";
import { removeContainers } from "./hosts/hostContainers";
import { type LabFiles, labVariable, layoutOf } from "./plan/layout";
import { leasesOf } from "./machine/machineState";
import { refuseForeignLab } from "./network/foreignLab";
import { removeNetwork } from "./network/network";
import { completeOptions } from "./plan/options";
import { processesWith, startTimeOf } from "./machine/processTable";
import { type Renderer, runSteps } from "./machine/progress";
import { restoreSysctls } from "./machine/sysctl";

/** Clients before servers, so that none is left without its server and complains. */
const stopOrder = [
  "router",
  "kube-scheduler",
  "kube-controller-manager",
  "kube-apiserver-3",
  "kube-apiserver-2",
  "kube-apiserver",
  "etcd",
];

/** Removes a lab with all that it made on the machine. What is not there any more is passed over. */
export async function takeDown(name: string, projectDirectory: string, renderer: Renderer): Promise<void> {
  const layout = layoutOf(completeOptions({ name }), projectDirectory);
  const { files } = layout;
  const isRecorded = await exists(files.state);
  const directory = await refuseForeignLab(layout);
  await runSteps(
    [
      { title: "Control plane and router", run: () => stopDaemons(files, directory) },
      {
        title: "Hosts and network",
        run: async () => {
          // Where the machine was restarted, Docker has to run once more for its containers to be removed.
          if (!(await dockerAnswers()) && isRecorded && (await hasCommand("dockerd"))) await ensureDocker(name);
          if (await dockerAnswers()) await removeContainers(name);
          await removeNetwork(layout.network, layout.bridge);
        },
      },
      {
        title: "Machine settings and files",
        run: async () => {
          await releaseDocker(name);
          await restoreSysctls(name, await leasesOf(name));
          if (isRecorded) await fs.rm(files.directory, { recursive: true, force: true });
        },
      },
    ],
    renderer,
  );
}

/** Stops the recorded processes in order, then those of this lab that no record knows of. */
async function stopDaemons(files: LabFiles, directory: string): Promise<void> {
  for (const daemon of stopOrder) await stopDaemon(path.join(files.processes, `${daemon}.json`));
  for (const pid of processesWith(labVariable, directory)) {
    const startTime = startTimeOf(pid);
    if (startTime !== undefined) await stopProcess(pid, startTime, 10);
  }
}
