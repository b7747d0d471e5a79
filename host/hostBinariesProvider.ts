import { dirname } from "node:path/posix";
import { sha256 } from "../base/sha256";
import { without } from "../base/without";
import { binaryMode, parseDigests } from "./artifact";
import type { Artifact } from "./artifact";
import { stageArtifacts } from "./artifactStaging";
import { assertSafePath } from "./files";
import type { HostBinariesInputs, HostBinariesOutputs } from "./hostBinaries";
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
} from "./hostChange";
import type { Unfinished, Written } from "./hostChange";
import type { Instance } from "./hostInputs";
import { remoteScript } from "./remoteScript";
import { openSession } from "./session";

export { configure } from "../base/configured";

type State = HostBinariesOutputs & Unfinished;

/** What the program knows of the host from before a change. */
interface Before extends Written {
  /** Name of the set, where it was another. */
  former: string;
  /** Plugins that are not wanted any more: what uses them ends with a service that changes after this. */
  later: boolean;
}

const nothing = { known: [], made: [], former: "", later: false };

export function check(_olds: State, news: HostBinariesInputs): Promise<{ inputs: HostBinariesInputs }> {
  return Promise.resolve({ inputs: sealHost(news) });
}

export async function create(given: HostBinariesInputs): Promise<{ id: string; outs: HostBinariesOutputs }> {
  const inputs = unsealHost(given);
  return { id: inputs.setName, outs: await install(inputs.setName, inputs, { ...nothing, ...instanceOf() }) };
}

export async function update(id: string, olds: State, given: HostBinariesInputs): Promise<{ outs: State }> {
  const news = unsealHost(given);
  const { installed = {}, made = [], instance } = olds;
  const kept = { installed, made, ...(instance && { instance }) };
  const outs = { ...keptHost(news), ...kept };
  if (news.claim.lost === true) return { outs: { ...outs, ...markOf(olds) } };
  if (isUnchanged(olds, news, content)) return { outs };
  const last = { ...(sameHost(olds, news) ? before(olds, news) : nothing), ...instanceOf(olds) };
  return { outs: await install(id, news, last) };
}

function before(olds: State, news: HostBinariesInputs): Omit<Before, "instance"> {
  const former = olds.setName === news.setName ? "" : olds.setName;
  const later = pluginsOf(olds).some((plugin) => !pluginsOf(news).includes(plugin));
  return { known: Object.keys(olds.installed ?? {}), made: olds.made ?? [], former, later };
}

/** `programs` have the digests that are there, `members` are those that are as installed: the rest is what the next `up` repairs. */
export async function read(
  id: string,
  props: State,
): Promise<{ id: string; props: State; inputs?: HostBinariesInputs }> {
  const { installed = {}, made = [], instance } = props;
  const kept = { installed, made, ...(instance && { instance }) };
  const faults = unfinishedFaults(props);
  const recorded = { ...without(props, ["installed", "made", "unfinished", "instance"]), faults };
  const report = await lookAtHost(props, `reading ${props.setName}`, lookScript(props));
  if (report === undefined) return { id, props, ...inputsUnseen(props, recorded) };
  const inputs = { ...recorded, ...observed(report, props) };
  return { id, props: { ...keptHost(inputs), ...kept, ...markOf(props) }, inputs: sealHost(inputs) };
}

function observed(report: string, props: State): Partial<HostBinariesInputs> {
  const { installed = {}, programs = {} } = props;
  const seen = parseDigests(report);
  const isInstalled = (path: string): boolean =>
    seen[path] !== undefined && seen[path].sha256 === installed[path] && seen[path].mode === binaryMode;
  const found = Object.entries(programs).flatMap(([path, artifact]) => {
    const digest = seen[path]?.sha256;
    return digest === undefined ? [] : [[path, { ...artifact, sha256: digest }] as const];
  });
  const modes = Object.keys(programs)
    .filter((path) => seen[path] !== undefined && seen[path].mode !== binaryMode)
    .map((path) => `${path} has mode and owner ${seen[path]?.mode.replace("|", " ")}`);
  return {
    programs: Object.fromEntries(found),
    members: props.members.filter((member) => isInstalled(memberPath(props, member))),
    faults: [...reported(report, "fault"), ...modes, ...unfinishedFaults(props)],
  };
}

async function remove(_id: string, props: HostBinariesOutputs): Promise<void> {
  const { setName: name, claim } = props;
  const { installed = {}, made = [], instance = "" } = props;
  const values = { known: Object.keys(installed), made, instance };
  await removeFromHost(props, `removing ${name}`, remoteScript({ name, claim, file: "remove", values }));
}

export { remove as delete };

/** What decides which members are on the host: not where the archive comes from. */
function fingerprint({ archive, directory, members }: HostBinariesInputs): string {
  return archive === undefined ? "" : sha256(JSON.stringify([archive.sha256, directory, members]));
}

/** Everything but how the host is reached, and where an artifact comes from. */
function content(inputs: HostBinariesInputs): unknown {
  return [inputs.setName, programTable(inputs), fingerprint(inputs), inputs.faults ?? []];
}

function programTable({ programs = {} }: HostBinariesInputs): string[] {
  return Object.entries(programs).map(([path, artifact]) => `${assertSafePath(path)} ${artifact.sha256}`);
}

/** What no unit starts: members of the archive, and programs beside them. */
function pluginsOf(inputs: HostBinariesInputs): string[] {
  const { directory, members, programs = {} } = inputs;
  const beside = Object.keys(programs).filter((path) => dirname(path) === directory);
  return [...members.map((member) => memberPath(inputs, member)), ...beside];
}

function memberPath(inputs: HostBinariesInputs, member: string): string {
  return assertSafePath(`${inputs.directory}/${member}`);
}

/** @param sought artifacts that are to be sent, which makes it a look before a change: it does not wait for others. */
function lookScript(inputs: HostBinariesInputs & Instance, sought?: Artifact[]): string {
  const { setName: name, claim, programs = {}, directory = "", members, instance = "" } = inputs;
  const values = {
    programs: Object.keys(programs).map(assertSafePath),
    directory,
    members,
    fingerprint: sought === undefined ? "" : fingerprint(inputs),
    artifacts: (sought ?? []).map((artifact) => artifact.sha256),
    instance,
    unlocked: sought !== undefined,
  };
  return remoteScript({ name, claim, file: "binariesLook", values });
}

async function install(id: string, inputs: HostBinariesInputs, last: Before): Promise<HostBinariesOutputs> {
  const { setName: name, claim, archive, directory = "", members, programs } = inputs;
  // Before anything is sent: no script can handle an unsafe path.
  members.forEach((member) => memberPath(inputs, member));
  await stageArtifacts({ ...inputs, name }, () => lookForMissing(inputs));
  const { made, instance } = last;
  const kept = { installed: Object.fromEntries(last.known.map((path) => [path, ""])), made, instance };
  const values = {
    programs: programTable(inputs),
    directory: directory && assertSafePath(directory),
    members,
    archive: archive?.sha256 ?? "",
    fingerprint: fingerprint(inputs),
    ...last,
  };
  const script = remoteScript({ name, claim, file: "binariesApply", values });
  const record = keptHost(inputs);
  const report = await changeHost(id, { ...record, ...kept }, (session) =>
    session.mustRun(`installing ${name}`, script),
  );
  const installed = Object.entries(parseDigests(report)).map(([path, { sha256: digest }]) => [path, digest]);
  const started = Object.entries(programs).map(([path, artifact]) => [path, artifact.sha256]);
  const byPath = Object.fromEntries([...started, ...installed]) as Record<string, string>;
  return { ...record, installed: byPath, made: madeDirectories(report), instance };
}

/** What the host has, and the artifacts of which something is not in place. */
async function lookForMissing(inputs: HostBinariesInputs): Promise<{ report: string; missing: Artifact[] }> {
  const { setName, programs, archive } = inputs;
  const wanted = [...Object.values(programs), ...(archive === undefined ? [] : [archive])];
  const session = await openSession(inputs.connection);
  const report = await session.mustRun(`reading ${setName}`, lookScript(inputs, wanted));
  const seen = parseDigests(report);
  const missing = Object.entries(programs)
    .filter(([path, artifact]) => seen[path]?.sha256 !== artifact.sha256)
    .map(([, artifact]) => artifact);
  const isThere = archive === undefined || /^unpacked\|/m.test(report);
  return { report, missing: isThere ? missing : [...missing, archive] };
}
