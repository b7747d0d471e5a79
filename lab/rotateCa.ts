import { type CaStep, takeCaStep } from "./controlPlane/caRotation";
import { ensureControlPlane } from "./controlPlane/controlPlane";
import { controlPlanePrograms } from "./controlPlane/controlPlanePrograms";
import { ensureCredentials } from "./controlPlane/credentials";
import { ensureSshKeys } from "./hosts/sshKeys";
import { ensureDaemon, stopDaemon } from "./machine/daemons";
import { projectDirectory } from "./machine/directories";
import { LabError } from "./machine/errors";
import { routerDaemon } from "./network/routerDaemon";
import { readState } from "./plan/labState";
import { layoutOf } from "./plan/layout";
import { completeOptions } from "./plan/options";
import { configureStack } from "./pulumi/labSettings";

/**
 * Takes a lab that is up one step on to another CA of its cluster. Control plane, administrator's kubeconfig and the settings of the
 * lab's stack are of that step then; its hosts are what the stack's next `up` makes them.
 */
export async function rotateCa(name: string, step: CaStep): Promise<void> {
  const state = await readState(projectDirectory(), name);
  if (!state?.binaries) throw new LabError(`the lab "${name}" is not there`, "run `lab up`");
  const { binaries } = state;
  const options = completeOptions(state.options);
  const layout = layoutOf(options, projectDirectory());
  await takeCaStep(layout.files.pki, step);
  const credentials = await ensureCredentials(layout);
  const programs = controlPlanePrograms(options, layout, binaries);
  // etcd has a CA of its own.
  for (const { daemon } of programs.slice(1)) await stopDaemon(daemon.recordPath);
  await ensureControlPlane(programs, layout, { note: () => undefined, working: () => undefined });
  // It has read its kubeconfig at its start.
  const router = routerDaemon(options, layout, projectDirectory());
  await stopDaemon(router.recordPath);
  await ensureDaemon(router);
  await configureStack(options, layout, credentials, await ensureSshKeys(layout), binaries);
}
