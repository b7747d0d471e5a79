import * as path from "node:path";
import { ensureBaseImage } from "./baseImage";
import { architecture, components } from "./binaries/components";
import { type Binaries, resolveBinaries } from "./binaries/resolver";
import { ensureControlPlane } from "./controlPlane";
import { controlPlanePrograms } from "./controlPlanePrograms";
import { type Credentials, ensureCredentials } from "./credentials";
import { ensureDaemon } from "./daemons";
import { ensureDocker } from "./docker";
import { ensureHosts } from "./hostContainers";
import { ensureHostImage } from "./hostImage";
import { generatedSettings, secretSettings } from "./labSettings";
import { type LabState, writeState } from "./labState";
import type { LabLayout } from "./layout";
import { machineTraits } from "./machineTraits";
import { ensureNetwork, raiseLimits } from "./network";
import type { LabOptions } from "./options";
import { checkMachine } from "./prerequisites";
import { type Renderer, type Report, runSteps } from "./progress";
import { routerDaemon } from "./routerDaemon";
import { writeStackConfig } from "./stackConfig";
import { makeTestImages } from "./testImages";

/** Makes the lab, or what is missing of it; each step leaves alone what is as it is to be. */
export async function bringUp(
  options: LabOptions,
  layout: LabLayout,
  projectDirectory: string,
  renderer: Renderer,
  recorded: LabState | undefined,
): Promise<void> {
  // A lab that was complete stays usable while it is looked over.
  const complete = recorded?.complete ?? false;
  const begin = async (report: Report) => {
    await checkMachine(options, layout, report);
    await writeState(projectDirectory, { options, binaries: recorded?.binaries, complete });
  };
  let binaries: Binaries = {};
  let baseImage = "";
  let hostImage = "";
  const findBinaries = async (report: Report) => {
    binaries = await resolveBinaries(components(options.kubernetesVersion), options.binaries, report);
    await writeState(projectDirectory, { options, binaries, complete });
  };
  const findBaseImage = async (report: Report) => {
    await raiseLimits(options);
    report.working("looking for a Docker daemon");
    report.note(await ensureDocker(options.name));
    baseImage = await ensureBaseImage(report);
  };
  const findHostImage = async (report: Report) => {
    report.working("building the test images");
    hostImage = await ensureHostImage(baseImage, binaries, await makeTestImages(), report);
  };
  await runSteps(
    [
      { title: "Machine", run: begin },
      [
        { title: "Binaries", run: findBinaries },
        { title: "Docker and base image", run: findBaseImage },
      ],
      { title: "Host image", run: findHostImage },
      { title: "Network", run: () => ensureNetwork(options, layout) },
    ],
    renderer,
  );
  await startLab(options, layout, projectDirectory, { binaries, hostImage }, renderer);
  await writeState(projectDirectory, { options, binaries, complete: true });
}

/** The steps that start what was found and made by the ones before. */
async function startLab(
  options: LabOptions,
  layout: LabLayout,
  projectDirectory: string,
  found: { binaries: Binaries; hostImage: string },
  renderer: Renderer,
): Promise<void> {
  const { binaries, hostImage } = found;
  const credentials: Credentials = await ensureCredentials(layout);
  const programs = controlPlanePrograms(options, layout, binaries);
  const configure = async () => {
    const plain = generatedSettings(options, layout, credentials, binaries, architecture(), machineTraits());
    await writeStackConfig(projectDirectory, layout, plain, secretSettings(credentials), credentials.passphrase);
  };
  await runSteps(
    [
      { title: "Control plane", run: (report) => ensureControlPlane(programs, layout, report) },
      { title: "Hosts", run: (report) => ensureHosts(options, layout, hostImage, credentials, report) },
      { title: "Router", run: async () => void (await ensureDaemon(routerDaemon(options, layout, projectDirectory))) },
      {
        title: `Stack configuration ${path.relative(projectDirectory, layout.files.stackConfig)}`,
        run: configure,
      },
    ],
    renderer,
  );
}
