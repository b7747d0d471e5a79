import { artifactLibrary, digests, isRemote, localFile, parseDigests, reportDigests } from "./artifact";
import { assertSafePath, sha256 } from "./files";
import type { HostBinariesInputs, HostBinariesOutputs } from "./hostBinaries";
import { remoteScript } from "./remoteLibrary";
import { openSession } from "./session";
import type { Session } from "./session";
import { shellQuote } from "../base/shellQuote";

export async function create(inputs: HostBinariesInputs): Promise<{ id: string; outs: HostBinariesOutputs }> {
  return { id: `${inputs.connection.host}/${inputs.setName}`, outs: await install(inputs, []) };
}

export async function update(
  _id: string,
  olds: HostBinariesOutputs,
  news: HostBinariesInputs,
): Promise<{ outs: HostBinariesOutputs }> {
  if (wanted(olds) === wanted(news)) return { outs: { ...news, installed: olds.installed } };
  const kept = new Set(paths(news));
  return {
    outs: await install(
      news,
      Object.keys(olds.installed).filter((path) => !kept.has(path)),
    ),
  };
}

/** `members` are those whose file is still the installed one: the rest is what the next `up` repairs. */
export async function read(
  id: string,
  props: HostBinariesOutputs,
): Promise<{ id: string; props: HostBinariesOutputs; inputs: HostBinariesInputs }> {
  const seen = await digests(await openSession(props.connection), props.setName, paths(props));
  const members = props.members.filter((member) => {
    const path = memberPath(props, member);
    return seen[path] !== undefined && seen[path] === props.installed[path];
  });
  const { installed, ...inputs } = { ...props, members };
  return { id, props: { ...inputs, installed }, inputs };
}

async function remove(_id: string, props: HostBinariesOutputs): Promise<void> {
  const session = await openSession(props.connection);
  const script = remoteScript(props.setName, "remove_owned\nforget_state");
  await session.exclusive(() => session.mustRun(`removing ${props.setName}`, script));
}

export { remove as delete };

/** What decides whether the host has to change: not how it is reached, nor where the archive comes from. */
function wanted(inputs: HostBinariesInputs): string {
  return sha256(JSON.stringify([inputs.archive.sha256, inputs.directory, inputs.members]));
}

function memberPath(inputs: HostBinariesInputs, member: string): string {
  return assertSafePath(`${inputs.directory}/${member}`);
}

function paths(inputs: HostBinariesInputs): string[] {
  return inputs.members.map((member) => memberPath(inputs, member));
}

async function install(inputs: HostBinariesInputs, dropped: string[]): Promise<HostBinariesOutputs> {
  const session = await openSession(inputs.connection);
  return session.exclusive(async () => {
    const report = await unpackedAlready(session, inputs);
    const unpacked =
      report ?? (await session.mustRun(`installing ${inputs.setName}`, await unpackScript(session, inputs, dropped)));
    return { ...inputs, installed: parseDigests(unpacked) };
  });
}

/** The digests when this very archive was unpacked by a run before and every member is still as it was then; else undefined. */
async function unpackedAlready(session: Session, inputs: HostBinariesInputs): Promise<string | undefined> {
  const body = `report() {
${reportDigests(paths(inputs))}
}
report
[ "$(cat "$state/${inputs.setName}.archive" 2>/dev/null)" = ${wanted(inputs)} ] && [ "$(report)" = "$(cat "$state/${inputs.setName}.sums")" ] && echo unpacked
:`;
  const report = await session.mustRun(`reading ${inputs.setName}`, remoteScript(inputs.setName, body));
  return /^unpacked$/m.test(report) ? report : undefined;
}

async function unpackScript(session: Session, inputs: HostBinariesInputs, dropped: string[]): Promise<string> {
  const directory = assertSafePath(inputs.directory);
  const archive = `${directory}/.${inputs.setName}.archive`;
  const args = `${archive} ${shellQuote(inputs.archive.sha256)} ${shellQuote(inputs.archive.source)}`;
  const make = `make_directory ${directory} 0755 || fail "cannot create ${directory}"`;
  if (!isRemote(inputs.archive.source)) {
    await session.mustRun(`installing ${inputs.setName}`, remoteScript(inputs.setName, make));
    await session.upload(localFile(inputs.archive.source), archive);
  }
  return remoteScript(inputs.setName, unpackBody(inputs, dropped, { archive, args, make }));
}

function unpackBody(
  inputs: HostBinariesInputs,
  dropped: string[],
  at: { archive: string; args: string; make: string },
): string {
  const unpack = `${inputs.directory}/.${inputs.setName}.unpacked`;
  const put = inputs.members.map((member) => {
    const path = memberPath(inputs, member);
    return `[ -f ${unpack}/${member} ] || fail "the archive has no ${member}"
chown root:root ${unpack}/${member} && chmod 0755 ${unpack}/${member} && mv ${unpack}/${member} "$(beside ${path} new)" && swap ${path} && settle ${path}`;
  });
  return `${artifactLibrary}
${at.make}
${isRemote(inputs.archive.source) ? "fetch_artifact" : "check_artifact"} ${at.args}
rm -rf ${unpack}; mkdir -m 0700 ${unpack} && tar -xzf ${at.archive} -C ${unpack} || fail "cannot unpack the archive"
${put.join("\n")}
rm -rf ${unpack} ${at.archive}
${dropped.map((path) => `rm -f ${assertSafePath(path)}`).join("\n")}
own f "$state/${inputs.setName}.archive"; own f "$state/${inputs.setName}.sums"
report() { ${reportDigests(paths(inputs))}
}
report >"$state/${inputs.setName}.sums"
echo ${wanted(inputs)} >"$state/${inputs.setName}.archive"
report
sync ${inputs.directory} 2>/dev/null || sync`;
}
