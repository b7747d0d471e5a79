import { moduleTable } from "../base/kernelModules";
import { without } from "../base/without";
import { digestContents, fileTable, lookTable, parseFiles, sealFiles, unsealFiles } from "./files";
import type { HostPrerequisitesInputs } from "./hostPrerequisites";
import {
  changeHost,
  inputsUnseen,
  instanceOf,
  isUnchanged,
  keptHost,
  lookAtHost,
  madeDirectories,
  markOf,
  removeFromHost,
  reported,
  sameHost,
  sealHost,
  unfinishedFaults,
  unsealHost,
  writtenBeside,
  writtenOf,
} from "./hostChange";
import type { Unfinished, Written } from "./hostChange";
import type { Instance } from "./hostInputs";
import { remoteScript } from "./remoteScript";

export { configure } from "../base/configured";

/** Names the list of what we wrote, on the host. */
const name = "prerequisites";

/** `written`: paths that a change which was finished has written, where they are not those of the files; `made`: directories for them. */
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
  const record = recordOf(news);
  const outs = { ...record, ...outputsOf(olds, record) };
  if (news.claim.lost === true) return { outs: { ...outs, ...markOf(olds) } };
  if (isUnchanged(recordOf(olds), record, content)) return { outs };
  const { made = [] } = olds;
  const before = sameHost(olds, news) ? { known: writtenOf(olds, Object.keys(olds.files)), made } : nothing;
  return { outs: await apply(id, news, { ...before, ...instanceOf(olds) }) };
}

function unsealed(given: HostPrerequisitesInputs): HostPrerequisitesInputs {
  return { ...unsealHost(given), files: unsealFiles(given.files) };
}

/** What the outputs say of the inputs: files by their digests. */
function recordOf<Inputs extends HostPrerequisitesInputs>(inputs: Inputs): Inputs {
  return { ...keptHost(inputs), files: digestContents(inputs.files) };
}

/** What of the host from before stays so, beside a record of the inputs. */
function outputsOf(state: State, { files }: HostPrerequisitesInputs): Omit<State, keyof HostPrerequisitesInputs> {
  const { made = [], instance } = state;
  const written = writtenOf(state, Object.keys(state.files));
  return { ...writtenBeside(Object.keys(files), written), made, ...(instance && { instance }) };
}

/** Packages whose command is there, modules that are loaded, parameters and files as they are. */
export async function read(
  id: string,
  props: State,
): Promise<{ id: string; props: State; inputs?: HostPrerequisitesInputs }> {
  const { instance } = props;
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
  const record = recordOf(inputs);
  return { id, props: { ...record, ...outputsOf(props, record), ...markOf(props) }, inputs: sealHost(inputs) };
}

/** Takes the files away; packages, loaded modules and parameters in force may serve others by now and stay. */
async function remove(_id: string, props: State): Promise<void> {
  const { files, made = [], instance = "" } = props;
  const values = { known: writtenOf(props, Object.keys(files)), made, instance };
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
  const record = { ...recordOf(inputs), made, instance };
  const begun = { ...record, ...writtenBeside(Object.keys(files), known) };
  const report = await changeHost(id, begun, (session) => session.mustRun("preparing the host", script));
  return { ...record, made: madeDirectories(report) };
}

function content({ packages, kernelModules, sysctls, files, faults }: HostPrerequisitesInputs): unknown {
  return [packages, kernelModules, sysctls, files, faults];
}
