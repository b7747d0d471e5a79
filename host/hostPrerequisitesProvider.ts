import { moduleTable } from "../base/kernelModules";
import { without } from "../base/without";
import { digestContents, fileTable, lookTable, parseFiles, sealFiles, unsealFiles } from "./files";
import type { HostPrerequisitesInputs } from "./hostPrerequisites";
import {
  changeHost,
  inputsUnseen,
  instanceOf,
  isUnchanged,
  lookAtHost,
  madeDirectories,
  markOf,
  removeFromHost,
  reported,
  sameHost,
  sealHost,
  unfinishedFaults,
  unsealHost,
} from "./hostChange";
import type { Unfinished, Written } from "./hostChange";
import type { Instance } from "./hostInputs";
import { remoteScript } from "./remoteScript";

/** Names the list of what we wrote, on the host. */
const name = "prerequisites";

/** `written`: paths that a change which was finished has written; `made`: directories for them. */
type State = HostPrerequisitesInputs & Unfinished & Instance & { written?: string[]; made?: string[] };

const nothing = { known: [], made: [] };

export function check(_olds: State, news: HostPrerequisitesInputs): Promise<{ inputs: HostPrerequisitesInputs }> {
  return Promise.resolve({ inputs: { ...sealHost(news), files: sealFiles(news.files) } });
}

export async function create(given: HostPrerequisitesInputs): Promise<{ id: string; outs: State }> {
  return { id: name, outs: await apply(name, unsealed(given), { ...nothing, ...instanceOf() }) };
}

export async function update(id: string, olds: State, given: HostPrerequisitesInputs): Promise<{ outs: State }> {
  const news = unsealed(given);
  const { written = [], made = [], instance } = olds;
  const kept = { written, made, ...(instance && { instance }) };
  if (news.claim.lost === true) return { outs: { ...recordOf(news), ...kept, ...markOf(olds) } };
  if (isUnchanged(olds, recordOf(news), content)) return { outs: { ...recordOf(news), ...kept } };
  const before = sameHost(olds, news) ? { known: written, made } : nothing;
  return { outs: await apply(id, news, { ...before, ...instanceOf(olds) }) };
}

function unsealed(given: HostPrerequisitesInputs): HostPrerequisitesInputs {
  return { ...unsealHost(given), files: unsealFiles(given.files) };
}

/** What the outputs say of the inputs: files by their digests. */
function recordOf(inputs: HostPrerequisitesInputs): HostPrerequisitesInputs {
  return { ...inputs, files: digestContents(inputs.files) };
}

/** Packages whose command is there, modules that are loaded, parameters and files as they are. */
export async function read(
  id: string,
  props: State,
): Promise<{ id: string; props: State; inputs?: HostPrerequisitesInputs }> {
  const { written = [], made = [], instance } = props;
  const kept = { written, made, ...(instance && { instance }) };
  const faults = unfinishedFaults(props);
  const recorded = { ...without(props, ["written", "made", "unfinished", "instance"]), faults };
  const { claim, packages, kernelModules, sysctls, files } = recorded;
  const values = {
    commands: packages.map(({ command }) => command),
    modules: moduleTable(kernelModules),
    sysctls: Object.keys(sysctls),
    files: lookTable(files),
    instance: instance ?? "",
  };
  const script = remoteScript({ name, claim, file: "prerequisitesLook", values });
  const report = await lookAtHost(props, "reading the prerequisites", script);
  if (report === undefined) return { id, props, ...inputsUnseen(props, recorded) };
  const inForce = reported(report, "sysctl").map((line) => line.split("|"));
  const inputs: HostPrerequisitesInputs = {
    ...recorded,
    packages: packages.filter(({ command }) => !reported(report, "missing-command").includes(command)),
    kernelModules: kernelModules.filter((module) => !reported(report, "missing-module").includes(module)),
    sysctls: Object.fromEntries(inForce.map(([parameter = "", value = ""]) => [parameter, value])),
    files: parseFiles(report, files),
    faults: [...reported(report, "fault"), ...faults],
  };
  return { id, props: { ...recordOf(inputs), ...kept, ...markOf(props) }, inputs: sealHost(inputs) };
}

/** Takes the files away; packages, loaded modules and parameters in force may serve others by now and stay. */
async function remove(_id: string, props: State): Promise<void> {
  const { written: known = [], made = [], instance = "" } = props;
  const values = { known, made, instance };
  const script = remoteScript({ name, claim: props.claim, file: "remove", values });
  await removeFromHost(props, "removing the prerequisites", script);
}

export { remove as delete };

async function apply(id: string, inputs: HostPrerequisitesInputs, last: Written): Promise<State> {
  const { known, made, instance } = last;
  const { packages, kernelModules, sysctls, files } = inputs;
  const values = {
    packages: packages.map(({ command, packages: { apt, dnf, zypper }, unit = "-" }) =>
      [command, apt, dnf, zypper, unit].join(" "),
    ),
    modules: moduleTable(kernelModules),
    sysctls: Object.entries(sysctls).map(([parameter, value]) => `${parameter}=${value}`),
    files: fileTable(files),
    known,
    made,
    dropped: known.filter((path) => !(path in files)),
    instance,
  };
  const script = remoteScript({ name, claim: inputs.claim, file: "prerequisitesApply", values });
  const record = { ...recordOf(inputs), written: known, made, instance };
  const report = await changeHost(id, record, (session) => session.mustRun("preparing the host", script));
  return { ...record, written: Object.keys(files), made: madeDirectories(report) };
}

function content({ packages, kernelModules, sysctls, files, faults }: HostPrerequisitesInputs): unknown {
  return [packages, kernelModules, sysctls, files, faults];
}
