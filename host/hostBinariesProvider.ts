import { without } from "../base/without";
import { binaryMode, checkLocalFile, isRemote, parseDigests } from "./artifact";
import { assertSafePath, sha256 } from "./files";
import type { HostBinariesInputs, HostBinariesOutputs } from "./hostBinaries";
import {
  changeHost,
  inputsUnseen,
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
import { remoteScript } from "./remoteScript";
import type { RemoteScript } from "./remoteScript";
import type { Session } from "./session";

type State = HostBinariesOutputs & Unfinished;

/** What the program knows of the host from before a change; `dropped`: paths that are not wanted any more. */
type Before = Written & { dropped: string[] };

export function check(_olds: State, news: HostBinariesInputs): Promise<{ inputs: HostBinariesInputs }> {
  return Promise.resolve({ inputs: sealHost(news) });
}

export async function create(given: HostBinariesInputs): Promise<{ id: string; outs: HostBinariesOutputs }> {
  const inputs = unsealHost(given);
  return { id: inputs.setName, outs: await install(inputs.setName, inputs, { known: [], made: [], dropped: [] }) };
}

export async function update(id: string, olds: State, given: HostBinariesInputs): Promise<{ outs: State }> {
  const news = unsealHost(given);
  const { installed = {}, made = [] } = olds;
  if (news.claim.lost === true) return { outs: { ...news, installed, made, ...markOf(olds) } };
  if (isUnchanged(olds, news, content)) return { outs: { ...news, installed, made } };
  const kept = new Set(paths(news));
  const before = sameHost(olds, news) ? { known: Object.keys(installed), made } : { known: [], made: [] };
  const dropped = before.known.filter((path) => !kept.has(path));
  return { outs: await install(id, news, { ...before, dropped }) };
}

/** `members` are those whose file is still the installed one: the rest is what the next `up` repairs. */
export async function read(
  id: string,
  props: State,
): Promise<{ id: string; props: State; inputs?: HostBinariesInputs }> {
  const { installed = {}, made = [] } = props;
  const faults = unfinishedFaults(props);
  const recorded = { ...without(props, ["installed", "made", "unfinished"]), faults };
  const report = await lookAtHost(props, `reading ${props.setName}`, lookScript(props, ""));
  if (report === undefined) return { id, props, ...inputsUnseen(props, recorded) };
  const seen = parseDigests(report);
  const isInstalled = (member: string): boolean => {
    const path = memberPath(props, member);
    const { sha256: digest, mode } = seen[path] ?? {};
    return digest !== undefined && digest === installed[path] && mode === binaryMode;
  };
  const members = props.members.filter(isInstalled);
  const inputs = { ...recorded, members, faults: [...reported(report, "fault"), ...faults] };
  return { id, props: { ...inputs, installed, made, ...markOf(props) }, inputs: sealHost(inputs) };
}

async function remove(_id: string, props: HostBinariesOutputs): Promise<void> {
  const { setName: name, claim } = props;
  const archive = { known: Object.keys(props.installed ?? {}), made: props.made ?? [] };
  await removeFromHost(props, `removing ${name}`, remoteScript({ name, claim, file: "remove", values: archive }));
}

export { remove as delete };

/** What decides which files are on the host: not how it is reached, nor where the archive comes from. */
function wanted(inputs: HostBinariesInputs): string {
  return sha256(JSON.stringify([inputs.archive.sha256, inputs.directory, inputs.members]));
}

function content(inputs: HostBinariesInputs): unknown {
  return [wanted(inputs), inputs.faults ?? []];
}

function memberPath(inputs: HostBinariesInputs, member: string): string {
  return assertSafePath(`${inputs.directory}/${member}`);
}

function paths(inputs: HostBinariesInputs): string[] {
  return inputs.members.map((member) => memberPath(inputs, member));
}

function archivePath({ directory, setName }: HostBinariesInputs): string {
  return assertSafePath(`${directory}/.${setName}.archive`);
}

function lookScript(inputs: HostBinariesInputs, fingerprint: string): string {
  const { setName: name, claim } = inputs;
  return remoteScript({ name, claim, file: "binariesLook", values: { paths: paths(inputs), fingerprint } });
}

async function install(id: string, inputs: HostBinariesInputs, before: Before): Promise<HostBinariesOutputs> {
  const kept = { installed: Object.fromEntries(before.known.map((path) => [path, ""])), made: before.made };
  const report = await changeHost(id, { ...inputs, ...kept }, async (session) => {
    const seen = await session.mustRun(`reading ${inputs.setName}`, lookScript(inputs, wanted(inputs)));
    const isThere = /^unpacked$/m.test(seen) && reported(seen, "fault").length === 0;
    return isThere ? seen : unpack(session, inputs, before);
  });
  const installed = Object.entries(parseDigests(report)).map(([path, { sha256: digest }]) => [path, digest]);
  const byPath = Object.fromEntries(installed) as Record<string, string>;
  return { ...inputs, installed: byPath, made: madeDirectories(report) };
}

async function unpack(session: Session, inputs: HostBinariesInputs, before: Before): Promise<string> {
  const { setName: name, claim, directory, members, archive } = inputs;
  const { source, sha256: digest } = archive;
  const fetch = isRemote(source);
  const values = {
    directory: assertSafePath(directory),
    members,
    archive: archivePath(inputs),
    sha256: digest,
    source,
  };
  const script = (file: string, more: RemoteScript["values"]): string =>
    remoteScript({ name, claim, file, values: { ...values, ...more } });
  if (!fetch) {
    const local = await checkLocalFile(source, digest);
    await session.mustRun(`installing ${name}`, script("binariesPrepare", {}));
    await session.upload(local, archivePath(inputs));
  }
  return session.mustRun(
    `installing ${name}`,
    script("binariesApply", { ...before, fetch, fingerprint: wanted(inputs) }),
  );
}
