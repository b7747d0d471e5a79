import * as path from "node:path";
import { ensureBaseImage } from "./hosts/baseImage";
import { components } from "./binaries/components";
import { type Binaries, resolveBinaries } from "./binaries/resolver";
import { ensureControlPlane } from "./controlPlane/controlPlane";
import { controlPlanePrograms } from "./controlPlane/controlPlanePrograms";
import { ensureCredentials } from "./controlPlane/credentials";
import { architecture } from "./machine/architecture";
import { ensureDaemon } from "./machine/daemons";
import { ensureDocker } from "./machine/docker";
import { ensureHosts } from "./hosts/hostContainers";
import { ensureHostImage } from "./hosts/hostImage";
import { ensureSshKeys } from "./hosts/sshKeys";
import { generatedSettings, secretSettings } from "./pulumi/labSettings";
import { type LabState, writeState } from "./plan/labState";
import type { LabLayout } from "./plan/layout";
import { machineTraits } from "./machine/machineTraits";
import { refuseForeignLab } from "./network/foreignLab";
import { checkRoutes } from "./network/freeNetworks";
import { ensureNetwork, raiseLimits } from "./network/network";
import type { LabOptions } from "./plan/options";
import { checkMachine } from "./machine/prerequisites";
import { type Renderer, type Report, runSteps } from "./machine/progress";
import { routerDaemon } from "./network/routerDaemon";
import { ensurePassphrase } from "./pulumi/passphrase";
import { writeStackConfig } from "./pulumi/stackConfig";
import { makeTestImages } from "./hosts/testImages";

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
    await checkMachine(report);
    await refuseForeignLab(layout);
    await checkRoutes(options, layout);
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
  const credentials = await ensureCredentials(layout);
  const keys = await ensureSshKeys(layout);
  const passphrase = await ensurePassphrase(layout.files.passphrase);
  const programs = controlPlanePrograms(options, layout, binaries);
  const configure = async () => {
    const plain = generatedSettings(options, layout, credentials, keys, binaries, architecture(), machineTraits());
    await writeStackConfig(projectDirectory, layout, plain, secretSettings(credentials, keys), passphrase);
  };
  await runSteps(
    [
      { title: "Control plane", run: (report) => ensureControlPlane(programs, layout, report) },
      { title: "Hosts", run: (report) => ensureHosts(options, layout, hostImage, keys, report) },
      { title: "Router", run: async () => void (await ensureDaemon(routerDaemon(options, layout, projectDirectory))) },
      {
        title: `Stack configuration ${path.relative(projectDirectory, layout.files.stackConfig)}`,
        run: configure,
      },
    ],
    renderer,
  );
}
