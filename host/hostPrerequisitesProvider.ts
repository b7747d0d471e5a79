import { assertSafePath, parseFiles, reportFiles, sha256, stageFiles } from "./files";
import type { HostPrerequisitesInputs } from "./hostPrerequisites";
import { applyKernel, kernelLibrary, reportKernel } from "./kernel";
import { installPackages, packageLibrary, reportMissingCommands } from "./packages";
import { remoteScript } from "./remoteLibrary";
import { openSession } from "./session";

/** Names the list of what we wrote, on the host. */
const setName = "prerequisites";

export async function create(inputs: HostPrerequisitesInputs): Promise<{ id: string; outs: HostPrerequisitesInputs }> {
  await apply(inputs, []);
  return { id: `${inputs.connection.host}/${setName}`, outs: inputs };
}

export async function update(
  _id: string,
  olds: HostPrerequisitesInputs,
  news: HostPrerequisitesInputs,
): Promise<{ outs: HostPrerequisitesInputs }> {
  if (wanted(olds) !== wanted(news))
    await apply(
      news,
      Object.keys(olds.files).filter((path) => !(path in news.files)),
    );
  return { outs: news };
}

/** Packages whose command is there, modules that are loaded, parameters and files as they are. */
export async function read(
  id: string,
  props: HostPrerequisitesInputs,
): Promise<{ id: string; props: HostPrerequisitesInputs; inputs: HostPrerequisitesInputs }> {
  const { packages, kernelModules, sysctls, files } = props;
  const body = [
    packageLibrary,
    kernelLibrary,
    reportFiles(files),
    reportMissingCommands(packages),
    reportKernel(kernelModules, sysctls),
    ":",
  ];
  const session = await openSession(props.connection);
  const report = await session.mustRun("reading the prerequisites", remoteScript(setName, body.join("\n")));
  const lines = report.split("\n").map((line) => line.split("|"));
  const listed = (kind: string): string[] => lines.filter(([first]) => first === kind).map(([, value = ""]) => value);
  const seen: HostPrerequisitesInputs = {
    ...props,
    packages: packages.filter(({ command }) => !listed("missing-command").includes(command)),
    kernelModules: kernelModules.filter((module) => !listed("missing-module").includes(module)),
    sysctls: Object.fromEntries(
      lines.filter(([kind]) => kind === "sysctl").map(([, name = "", value = ""]) => [name, value]),
    ),
    files: parseFiles(report, files),
  };
  return { id, props: seen, inputs: seen };
}

/** Takes the files away; packages, loaded modules and parameters in force may serve others by now and stay. */
async function remove(_id: string, props: HostPrerequisitesInputs): Promise<void> {
  const session = await openSession(props.connection);
  await session.exclusive(() =>
    session.mustRun("removing the prerequisites", remoteScript(setName, "remove_owned\nforget_state")),
  );
}

export { remove as delete };

async function apply(inputs: HostPrerequisitesInputs, dropped: string[]): Promise<void> {
  const session = await openSession(inputs.connection);
  const body = [
    packageLibrary,
    kernelLibrary,
    installPackages(inputs.packages),
    stageFiles(inputs.files),
    'for path in $staged; do swap "$path"; settle "$path"; done',
    ...dropped.map((path) => `rm -f ${assertSafePath(path)}`),
    applyKernel(inputs.kernelModules, inputs.sysctls),
  ];
  await session.exclusive(() => session.mustRun("preparing the host", remoteScript(setName, body.join("\n"))));
}

function wanted({ packages, kernelModules, sysctls, files }: HostPrerequisitesInputs): string {
  return sha256(JSON.stringify([packages, kernelModules, sysctls, files]));
}
