import * as path from "node:path";
import { components, kubernetesNode } from "./binaries/components";
import { type Binaries, resolveBinaries } from "./binaries/resolver";
import { ensureControlPlane } from "./controlPlane/controlPlane";
import { controlPlanePrograms } from "./controlPlane/controlPlanePrograms";
import { ensureCredentials } from "./controlPlane/credentials";
import { ensureBaseImage } from "./hosts/baseImage";
import type { HostMedia } from "./hosts/hostDriver";
import { ensureHostImage } from "./hosts/hostImage";
import { ensureHosts } from "./hosts/hosts";
import { ensureSshKeys } from "./hosts/sshKeys";
import { makeTestImages } from "./hosts/testImages";
import { ensureVmMedia } from "./hosts/vmImage";
import { ensureDaemon } from "./machine/daemons";
import { ensureDocker } from "./machine/docker";
import { checkMachine } from "./machine/prerequisites";
import { type Renderer, type Report, runSteps } from "./machine/progress";
import { refuseForeignLab } from "./network/foreignLab";
import { checkRoutes } from "./network/freeNetworks";
import { ensureNetwork, raiseLimits } from "./network/network";
import { routerDaemon } from "./network/routerDaemon";
import { type LabState, writeState } from "./plan/labState";
import type { LabLayout } from "./plan/layout";
import { type LabOptions, debianReleases } from "./plan/options";
import { type PulumiCli, findCli } from "./pulumi/findCli";
import { configureStack } from "./pulumi/labSettings";
import { ensurePassphrase } from "./pulumi/passphrase";
import { installCli, installPlugins } from "./pulumi/plugins";

/** What a lab is made of, found or made before anything of it starts. */
interface Found {
  binaries: Binaries;
  /** What hosts of the older release run. */
  olderBinaries?: Binaries;
  media: HostMedia;
}

/** Makes the lab, or what is missing of it; each step leaves alone what is as it is to be. */
export async function bringUp(
  options: LabOptions,
  layout: LabLayout,
  projectDirectory: string,
  renderer: Renderer,
  recorded: LabState | undefined,
): Promise<void> {
  // A lab that was complete stays usable while it is looked over.
  const record = (state: Partial<LabState>) =>
    writeState(projectDirectory, { ...recorded, options, complete: recorded?.complete ?? false, ...state });
  const begin = async (report: Report) => {
    await checkMachine(report);
    await refuseForeignLab(layout);
    await checkRoutes(options, layout);
    await record({});
  };
  await runSteps([{ title: "Machine", run: begin }], renderer);
  const found = await findAll(options, layout, renderer);
  const { binaries, olderBinaries } = found;
  await record({ binaries, olderBinaries });
  await startLab(options, layout, projectDirectory, found, renderer);
  await record({ binaries, olderBinaries, complete: true });
}

/** The steps that only fill the cache and the lab's folder; what takes its time is found side by side. */
async function findAll(options: LabOptions, layout: LabLayout, renderer: Renderer): Promise<Found> {
  const found: Found = { binaries: {}, media: { image: "" } };
  let baseImage = "";
  const findBinaries = async (report: Report) => {
    found.binaries = await resolveBinaries(components(options), options.binaries, report);
    const older = options.olderKubernetesVersion;
    // Not from the folder: what lies there is of one release.
    if (older !== undefined) found.olderBinaries = await resolveBinaries([kubernetesNode(older)], undefined, report);
  };
  const findPulumi = async (report: Report) => {
    const cli: PulumiCli = await findCli(options.binaries, report);
    await installCli(cli, layout.files);
    await installPlugins(cli, layout.files, report);
  };
  const findBaseImage = async (report: Report) => {
    await raiseLimits(options);
    report.working("looking for a Docker daemon");
    report.note(await ensureDocker(options.name));
    baseImage = await ensureBaseImage(debianReleases[options.debian], report);
  };
  const findHostImage = async (report: Report) => {
    report.working("building the test images");
    const image = await ensureHostImage(baseImage, found.binaries, await makeTestImages(), report);
    found.media = { image, ...(options.vmHosts > 0 && { vm: await ensureVmMedia(image, report) }) };
  };
  await runSteps(
    [
      [
        { title: "Binaries", run: findBinaries },
        { title: "Pulumi", run: findPulumi },
        { title: "Docker and base image", run: findBaseImage },
      ],
      { title: "Host image", run: findHostImage },
      { title: "Network", run: () => ensureNetwork(options, layout) },
    ],
    renderer,
  );
  return found;
}

/** The steps that start what was found and made by the ones before. */
async function startLab(
  options: LabOptions,
  layout: LabLayout,
  projectDirectory: string,
  { binaries, media }: Found,
  renderer: Renderer,
): Promise<void> {
  const credentials = await ensureCredentials(layout);
  const keys = await ensureSshKeys(layout);
  await ensurePassphrase(layout.files.passphrase);
  const programs = controlPlanePrograms(options, layout, binaries);
  const configure = () => configureStack(options, layout, credentials, keys, binaries);
  await runSteps(
    [
      { title: "Control plane", run: (report) => ensureControlPlane(programs, layout, report) },
      { title: "Hosts", run: (report) => ensureHosts({ options, layout, media, keys }, report) },
      { title: "Router", run: async () => void (await ensureDaemon(routerDaemon(options, layout, projectDirectory))) },
      { title: `Stack ${path.relative(projectDirectory, layout.files.stackConfig)}`, run: configure },
    ],
    renderer,
  );
}
