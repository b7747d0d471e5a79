import { parseDigests } from "./artifact";
import { noteServiceStart } from "../base/serviceStarts";
import { without } from "../base/without";
import { digestOf, digestOfValue, sealValue, unsealValue } from "../base/sealed";
import { assertSafePath, digestContents, fileTable, lookTable, parseFiles, sealFiles, unsealFiles } from "./files";
import type { FileMap } from "./files";
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
import { remoteScript } from "./remoteScript";
import type { Session } from "./session";
import { managedPaths, serviceFiles, unitPath, withFiles } from "./systemdServiceFiles";
import type { SystemdServiceInputs, SystemdServiceOutputs } from "./systemdService";

export { configure } from "../base/configured";

type State = SystemdServiceOutputs & Unfinished;

/** What the program knows of the host from before a change. */
interface Before extends Written {
  /** Those among the paths that are not wanted any more. */
  dropped: string[];
  /** What undoes things that only the version before made. */
  cleanup?: SystemdServiceInputs["cleanup"];
}

const nothing = { known: [], made: [], dropped: [] };

export function check(_olds: State, news: SystemdServiceInputs): Promise<{ inputs: SystemdServiceInputs }> {
  return Promise.resolve({ inputs: sealed(withFiles(news, sealFiles)) });
}

/** Inputs as the state has them: scripts by their digests. A look and a clean-up stand whole in the outputs. */
function sealed(inputs: SystemdServiceInputs): SystemdServiceInputs {
  return { ...sealHost(inputs), ...ofScripts(inputs, sealValue) };
}

function unsealed(inputs: SystemdServiceInputs): SystemdServiceInputs {
  return { ...unsealHost(withFiles(inputs, unsealFiles)), ...ofScripts(inputs, unsealValue) };
}

type Scripts = Partial<Pick<SystemdServiceInputs, "healthCheck" | "adjust" | "tidy" | "look" | "cleanup">>;

/** Those of the scripts that there are, changed. */
function ofScripts({ healthCheck, adjust, tidy, look, cleanup }: Scripts, change: <T>(script: T) => T): Scripts {
  const scripts = Object.entries({ healthCheck, adjust, tidy, look, cleanup });
  return Object.fromEntries(scripts.filter(([, one]) => one !== undefined).map(([name, one]) => [name, change(one)]));
}

export async function create(given: SystemdServiceInputs): Promise<{ id: string; outs: SystemdServiceOutputs }> {
  const inputs = unsealed(given);
  const id = inputs.unitName;
  return { id, outs: await apply(id, inputs, { ...nothing, ...instanceOf() }) };
}

export async function update(id: string, olds: State, given: SystemdServiceInputs): Promise<{ outs: State }> {
  const news = unsealed(given);
  const record = recordOf(news);
  if (news.claim.lost === true) return { outs: { ...record, ...outputsOf(olds, record) } };
  if (isUnchanged(recordOf(olds), record, content))
    return { outs: { ...record, ...without(outputsOf(olds, record), ["owed"]) } };
  const last = { ...(sameHost(olds, news) ? before(olds, news) : nothing), ...instanceOf(olds) };
  return { outs: await apply(id, news, last) };
}

/** What the outputs say of the inputs: unit and files by their digests, as scripts that neither a look nor a removal runs. */
function recordOf<Inputs extends SystemdServiceInputs>(inputs: Inputs): Inputs {
  const { unit, healthCheck, adjust, tidy } = inputs;
  return {
    ...withFiles(keptHost(inputs), digestContents),
    ...ofScripts({ healthCheck, adjust, tidy }, digestOfValue),
    ...(unit !== undefined && { unit: digestOf(unit) }),
  };
}

function before(olds: State, news: SystemdServiceInputs): Omit<Before, "instance"> {
  const [known, kept] = [writtenOf(olds, managedPaths(olds)), new Set(managedPaths(news))];
  const cleanup = news.cleanup === undefined ? (olds.cleanup ?? olds.owed) : undefined;
  return { known, made: olds.made ?? [], dropped: known.filter((path) => !kept.has(path)), cleanup };
}

/** Brings the service to what the inputs say, and takes away the paths that were managed before and are not any more. */
async function apply(id: string, inputs: SystemdServiceInputs, last: Before): Promise<SystemdServiceOutputs> {
  const { known, made, instance, cleanup: owed } = last;
  const record = { ...recordOf(inputs), told: [], made, instance };
  const begun = { ...record, ...writtenBeside(managedPaths(inputs), known), ...(owed && { owed }) };
  const report = await changeHost(id, begun, (session) => transact(session, inputs, last));
  const [startedAt] = reported(report, "started");
  // Empty where its process has ended meanwhile.
  if (startedAt) noteServiceStart(inputs.claim.id, inputs.unitName, Number(startedAt));
  return { ...record, made: madeDirectories(report) };
}

async function transact(session: Session, inputs: SystemdServiceInputs, last: Before): Promise<string> {
  const { unitName, claim, healthCheck, cleanup, adjust, look, tidy } = inputs;
  const values = {
    unit: unitName,
    ours: inputs.unit !== undefined,
    files: fileTable(serviceFiles(inputs)),
    programs: Object.entries(inputs.programs ?? {}).map(([path, sha256]) => `${assertSafePath(path)} ${sha256}`),
    directories: inputs.directories ?? [],
    adjusts: inputs.adjusts ?? [],
    known: last.known,
    made: last.made,
    dropped: last.dropped,
    instance: last.instance,
  };
  const functions = { health: healthCheck, cleanup, adjust, look, tidy };
  const script = remoteScript({ name: unitName, claim, file: "serviceApply", values, functions });
  const report = await session.mustRun(`changing ${unitName}`, script);
  if (last.cleanup !== undefined) {
    const after = remoteScript({
      name: unitName,
      claim,
      file: "cleanUp",
      values: {},
      functions: { cleanup: last.cleanup },
    });
    await session.mustRun(`cleaning up after what ${unitName} had before`, after);
  }
  return report;
}

/** The service as it is on the host; of a secret file only its digest is asked for. */
export async function read(
  id: string,
  props: State,
): Promise<{ id: string; props: State; inputs?: SystemdServiceInputs }> {
  const { unitName, claim, look } = props;
  const values = {
    unit: unitName,
    files: lookTable(serviceFiles(props)),
    programs: Object.keys(props.programs ?? {}),
    instance: props.instance ?? "",
  };
  const script = remoteScript({ name: unitName, claim, file: "serviceLook", values, functions: { look } });
  const report = await lookAtHost(props, `reading ${unitName}`, script);
  if (report === undefined) return { id, props, ...inputsUnseen(props, sealed(inputsOf(props))) };
  const inputs = { ...inputsOf(props), ...observed(report, props) };
  const told = reported(report, "foreign");
  for (const text of told) console.log(`${props.connection.host}: not ours: ${text}`);
  const record = recordOf(inputs);
  return { id, props: { ...record, ...outputsOf(props, record), told }, inputs: sealed(inputs) };
}

/** Without the outputs; the key `__provider`, which the engine adds to all, stays. */
function inputsOf(state: State): SystemdServiceInputs {
  const faults = state.unfinished === true ? unfinishedFaults(state) : state.faults;
  return { ...without(state, ["told", "written", "made", "owed", "unfinished", "instance"]), faults };
}

/** @param record what the outputs are beside. */
function outputsOf(state: State, record: SystemdServiceInputs): Omit<State, keyof SystemdServiceInputs> {
  const { told = [], made = [], owed, instance } = state;
  const written = writtenBeside(managedPaths(record), writtenOf(state, managedPaths(state)));
  return { told, ...written, made, ...(instance && { instance }), ...(owed && { owed }), ...markOf(state) };
}

async function remove(_id: string, props: State): Promise<void> {
  const { unitName, claim, cleanup, unit } = props;
  const { made = [], instance = "" } = props;
  const known = writtenOf(props, managedPaths(props));
  const values = { unit: unitName, ours: unit !== undefined, known, made, instance };
  const script = remoteScript({ name: unitName, claim, file: "serviceRemove", values, functions: { cleanup } });
  await removeFromHost(props, `removing ${unitName}`, script);
}

export { remove as delete };

/** Everything but how the host is reached, and what only looks or removes. */
function content(inputs: SystemdServiceInputs): unknown {
  const { unitName, unit, files, secretFiles, directories, active, enabled, faults, adjust, programs } = inputs;
  return [unitName, unit, files, secretFiles, directories, active, enabled, faults, adjust, programs];
}

function observed(report: string, props: State): Partial<SystemdServiceInputs> {
  const seen = parseFiles(report, serviceFiles(props));
  const pick = (files: FileMap | undefined): FileMap | undefined =>
    files && Object.fromEntries(Object.entries(seen).filter(([path]) => path in files));
  const sums = parseDigests(report);
  const programs = Object.entries(sums).map(([path, { sha256 }]) => [path, sha256]);
  const [, active, enabled] = /^state\|(.*)\|(.*)$/m.exec(report) ?? [];
  return {
    ...(props.unit === undefined ? {} : { unit: seen[unitPath(props.unitName)]?.content ?? "" }),
    ...(props.files === undefined ? {} : { files: pick(props.files) }),
    ...(props.secretFiles === undefined ? {} : { secretFiles: pick(props.secretFiles) }),
    // What replaces one belongs to another resource; a process that was started meanwhile has to start again.
    ...(props.programs === undefined ? {} : { programs: Object.fromEntries(programs) as Record<string, string> }),
    faults: [...reported(report, "fault"), ...unitFaults(seen, props), ...unfinishedFaults(props)],
    active: active === "active",
    enabled: enabled === "enabled",
  };
}

/** The unit is an input by its text only, so what else a file has shows as a fault. */
function unitFaults(seen: FileMap, props: SystemdServiceInputs): string[] {
  const path = unitPath(props.unitName);
  const [wanted, found] = [serviceFiles(props)[path], seen[path]];
  if (wanted === undefined || found === undefined) return [];
  const isRight = found.mode === wanted.mode && found.owner === wanted.owner;
  return isRight ? [] : [`${path} has mode ${found.mode ?? "0600"} and owner ${found.owner ?? "root:root"}`];
}
