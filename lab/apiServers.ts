import { ensureProgram } from "./controlPlane/controlPlane";
import { apiServerName, controlPlanePrograms, type ControlPlaneProgram } from "./controlPlane/controlPlanePrograms";
import { stopDaemon } from "./machine/daemons";
import { projectDirectory } from "./machine/directories";
import { LabError } from "./machine/errors";
import { readState } from "./plan/labState";
import { layoutOf, type LabLayout } from "./plan/layout";
import { completeOptions } from "./plan/options";

/** Ends one of a lab's API servers at once, as a crash does. @param index from 0 on */
export async function killApiServer(lab: string, index: number): Promise<void> {
  const { program } = await apiServerOf(lab, index);
  await stopDaemon(program.daemon.recordPath, 0);
}

/** Starts it again, and waits until it is ready. */
export async function startApiServer(lab: string, index: number): Promise<void> {
  const { program, layout } = await apiServerOf(lab, index);
  await ensureProgram(program, layout);
}

async function apiServerOf(lab: string, index: number): Promise<{ program: ControlPlaneProgram; layout: LabLayout }> {
  const state = await readState(projectDirectory(), lab);
  if (!state?.binaries) throw new LabError(`the lab "${lab}" is not there`, "run `lab up`");
  const options = completeOptions(state.options);
  const layout = layoutOf(options, projectDirectory());
  const programs = controlPlanePrograms(options, layout, state.binaries);
  const program = programs.find(({ daemon }) => daemon.name === apiServerName(index));
  if (!program) throw new LabError(`the lab "${lab}" has no ${apiServerName(index)}`, "run `lab up --api-servers 2`");
  return { program, layout };
}
