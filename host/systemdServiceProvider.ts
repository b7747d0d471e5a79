import { differing, parseDigests, reportDigests, stageArtifacts } from "./artifact";
import { parseFiles, reportFiles, sha256 } from "./files";
import type { FileMap } from "./files";
import { remoteScript } from "./remoteLibrary";
import { openSession } from "./session";
import type { Session } from "./session";
import { applyScript, removeScript, serviceFiles, unitPath } from "./systemdServiceScripts";
import type { SystemdServiceInputs } from "./systemdService";

/** Brings the service to what the inputs say, and takes away the paths that were managed before and are not any more. */
async function apply(inputs: SystemdServiceInputs, dropped: string[]): Promise<void> {
  const session = await openSession(inputs.connection);
  await session.exclusive(() => transact(session, inputs, dropped));
}

async function transact(session: Session, inputs: SystemdServiceInputs, dropped: string[]): Promise<void> {
  const binaries = inputs.binaries ?? {};
  const changed = await differing(session, inputs.unitName, binaries);
  await stageArtifacts(session, inputs.unitName, binaries, changed);
  await session.mustRun(`changing ${inputs.unitName}`, applyScript(inputs, changed, dropped));
}

export async function create(inputs: SystemdServiceInputs): Promise<{ id: string; outs: SystemdServiceInputs }> {
  await apply(inputs, []);
  return { id: `${inputs.connection.host}/${inputs.unitName}`, outs: inputs };
}

export async function update(
  _id: string,
  olds: SystemdServiceInputs,
  news: SystemdServiceInputs,
): Promise<{ outs: SystemdServiceInputs }> {
  if (contentDigest(olds) === contentDigest(news)) return { outs: news };
  const kept = new Set(managedPaths(news));
  await apply(
    news,
    managedPaths(olds).filter((path) => !kept.has(path)),
  );
  return { outs: news };
}

/** The service as it is on the host; secrets of a changed secret file travel in `secretFiles` only. */
export async function read(
  id: string,
  props: SystemdServiceInputs,
): Promise<{ id: string; props: SystemdServiceInputs; inputs: SystemdServiceInputs }> {
  const session = await openSession(props.connection);
  const report = await session.mustRun(`reading ${props.unitName}`, remoteScript(props.unitName, reportBody(props)));
  const seen = { ...props, ...observed(report, props) };
  return { id, props: seen, inputs: seen };
}

async function remove(_id: string, props: SystemdServiceInputs): Promise<void> {
  const session = await openSession(props.connection);
  await session.exclusive(() => session.mustRun(`removing ${props.unitName}`, removeScript(props)));
}

export { remove as delete };

/** Everything but how the host is reached, where a binary is fetched from, and what only a removal runs. */
function contentDigest(inputs: SystemdServiceInputs): string {
  const { unitName, unit, files, secretFiles, directories, active, enabled } = inputs;
  const binaries = Object.entries(inputs.binaries ?? {}).map(([path, artifact]) => [path, artifact.sha256]);
  return sha256(JSON.stringify([unitName, unit, files, secretFiles, directories, active, enabled, binaries]));
}

function managedPaths(inputs: SystemdServiceInputs): string[] {
  return [...Object.keys(serviceFiles(inputs)), ...Object.keys(inputs.binaries ?? {})];
}

function reportBody(props: SystemdServiceInputs): string {
  const state = `printf 'state|%s|%s\\n' "$(systemctl is-active ${props.unitName})" "$(systemctl is-enabled ${props.unitName} 2>/dev/null)"`;
  return [reportFiles(serviceFiles(props)), reportDigests(Object.keys(props.binaries ?? {})), state].join("\n");
}

function observed(report: string, props: SystemdServiceInputs): Partial<SystemdServiceInputs> {
  const seen = parseFiles(report, serviceFiles(props));
  const pick = (files: FileMap | undefined): FileMap | undefined =>
    files && Object.fromEntries(Object.entries(seen).filter(([path]) => path in files));
  const sums = parseDigests(report);
  const binaries = Object.entries(props.binaries ?? {}).flatMap(([path, artifact]) => {
    const found = sums[path];
    return found === undefined ? [] : [[path, { ...artifact, sha256: found }] as const];
  });
  const [, active, enabled] = /^state\|(.*)\|(.*)$/m.exec(report) ?? [];
  return {
    ...(props.unit === undefined ? {} : { unit: seen[unitPath(props.unitName)]?.content ?? "" }),
    ...(props.files === undefined ? {} : { files: pick(props.files) }),
    ...(props.secretFiles === undefined ? {} : { secretFiles: pick(props.secretFiles) }),
    ...(props.binaries === undefined ? {} : { binaries: Object.fromEntries(binaries) }),
    active: active === "active",
    enabled: enabled === "enabled",
  };
}
