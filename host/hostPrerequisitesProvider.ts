import { fileDigests, fileTable, parseFiles, sha256 } from "./files";
import type { HostPrerequisitesInputs } from "./hostPrerequisites";
import { changeHost, lookAtHost, removeFromHost, reported, sameHost } from "./hostChange";
import type { Unfinished } from "./hostChange";
import { moduleTable } from "./kernel";
import { remoteScript } from "./remoteScript";

/** Names the list of what we wrote, on the host. */
const name = "prerequisites";

type State = HostPrerequisitesInputs & Unfinished;

export async function create(inputs: HostPrerequisitesInputs): Promise<{ id: string; outs: HostPrerequisitesInputs }> {
  await apply(name, inputs, []);
  return { id: name, outs: inputs };
}

export async function update(id: string, olds: State, news: HostPrerequisitesInputs): Promise<{ outs: State }> {
  const isSame = olds.unfinished !== true && content(olds) === content(news);
  if (!isSame && news.claim.lost !== true) await apply(id, news, sameHost(olds, news) ? Object.keys(olds.files) : []);
  return { outs: news };
}

/** Packages whose command is there, modules that are loaded, parameters and files as they are. */
export async function read(
  id: string,
  props: State,
): Promise<{ id: string; props: State; inputs: HostPrerequisitesInputs }> {
  const { unfinished, ...recorded } = props;
  const { claim, packages, kernelModules, sysctls, files } = recorded;
  const values = {
    commands: packages.map(({ command }) => command),
    modules: moduleTable(kernelModules),
    sysctls: Object.keys(sysctls),
    files: fileDigests(files),
  };
  const script = remoteScript({ name, claim, file: "prerequisitesLook", values });
  const report = await lookAtHost(props, "reading the prerequisites", script);
  if (report === undefined) return { id, props, inputs: recorded };
  const inForce = reported(report, "sysctl").map((line) => line.split("|"));
  const inputs: HostPrerequisitesInputs = {
    ...recorded,
    packages: packages.filter(({ command }) => !reported(report, "missing-command").includes(command)),
    kernelModules: kernelModules.filter((module) => !reported(report, "missing-module").includes(module)),
    sysctls: Object.fromEntries(inForce.map(([parameter = "", value = ""]) => [parameter, value])),
    files: parseFiles(report, files),
    faults: reported(report, "fault"),
  };
  return { id, props: { ...inputs, ...(unfinished === true ? { unfinished } : {}) }, inputs };
}

/** Takes the files away; packages, loaded modules and parameters in force may serve others by now and stay. */
async function remove(_id: string, props: HostPrerequisitesInputs): Promise<void> {
  const values = { known: Object.keys(props.files) };
  const script = remoteScript({ name, claim: props.claim, file: "remove", values });
  await removeFromHost(props, "removing the prerequisites", script);
}

export { remove as delete };

async function apply(id: string, inputs: HostPrerequisitesInputs, known: string[]): Promise<void> {
  const { packages, kernelModules, sysctls, files } = inputs;
  const values = {
    packages: packages.map(({ command, packages: { apt, dnf, zypper } }) => `${command} ${apt} ${dnf} ${zypper}`),
    modules: moduleTable(kernelModules),
    sysctls: Object.entries(sysctls).map(([parameter, value]) => `${parameter}=${value}`),
    files: fileTable(files),
    known,
    dropped: known.filter((path) => !(path in files)),
  };
  const script = remoteScript({ name, claim: inputs.claim, file: "prerequisitesApply", values });
  await changeHost(id, inputs, (session) => session.mustRun("preparing the host", script));
}

function content({ claim: { id, machineId }, packages, kernelModules, sysctls, files, faults }: State): string {
  return sha256(JSON.stringify([id, machineId, packages, kernelModules, sysctls, files, faults]));
}
