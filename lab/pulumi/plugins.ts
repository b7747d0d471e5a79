import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { lastLines, tryRun } from "../machine/command";
import { cacheDirectory, projectDirectory } from "../machine/directories";
import { writeFileAtomic } from "../machine/files";
import { linkTo, writeLauncher } from "../machine/launcher";
import type { Report } from "../machine/progress";
import { standInNames } from "../standins/names";
import type { LabFiles } from "../plan/layout";
import { pulumiFiles } from "./environment";
import { type PulumiCli, labHomeMark, pulumiHome } from "./findCli";
import { type RequiredPlugin, requiredPlugins } from "./requiredPlugins";

const downloadTimeoutSeconds = 600;

/** Puts the CLI where the lab's environment has it on PATH. */
export async function installCli(cli: PulumiCli, files: LabFiles): Promise<void> {
  await linkTo(path.join(pulumiFiles(files.pulumi).bin, "pulumi"), cli.command);
}

/** Puts the plugins that the program needs into the lab's PULUMI_HOME. */
export async function installPlugins(cli: PulumiCli, files: LabFiles, report: Report): Promise<void> {
  const { home } = pulumiFiles(files.pulumi);
  await writeFileAtomic(path.join(home, labHomeMark), "");
  await installNodejs(cli, path.join(home, "plugins"), report);
  const plugins = requiredPlugins(projectDirectory());
  await Promise.all(plugins.map((plugin) => installPlugin(cli, home, plugin, report)));
}

/**
 * What runs programs and dynamic providers in Node.js. A Pulumi release has both beside its CLI, where the CLI looks
 * first; one that was installed another way may have them beside the link by which it was found; a CLI from the Go modules
 * gets the lab's own. None is taken from elsewhere: it might belong to another version.
 */
async function installNodejs(cli: PulumiCli, plugins: string, report: Report): Promise<void> {
  const release = path.dirname(await fs.realpath(cli.command));
  const project = projectDirectory();
  const wanted = {
    "language-nodejs": path.join(project, "dist", "lab", "pulumi", "languageHost.js"),
    "resource-pulumi-nodejs": require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths: [project] }),
  };
  for (const [kind, script] of Object.entries(wanted)) {
    const name = `pulumi-${kind}`;
    const file = path.join(plugins, `${kind}-v${cli.version}`, name);
    const [found] = [release, path.dirname(cli.command)]
      .map((folder) => path.join(folder, name))
      .filter((candidate) => existsSync(candidate));
    if (found === undefined) await writeLauncher(file, script);
    else if (path.dirname(found) === release) await fs.rm(path.dirname(file), { recursive: true, force: true });
    else await linkTo(file, found);
    if (kind === "language-nodejs") report.note(`language host: ${found ?? "the lab's own"}`);
  }
}

/** A plugin of a package: the person's own, else as Pulumi publishes it, else the lab's stand-in. One line says which. */
async function installPlugin(cli: PulumiCli, home: string, plugin: RequiredPlugin, report: Report): Promise<void> {
  const executable = `pulumi-resource-${plugin.name}`;
  const inPlugins = path.join("plugins", `resource-${plugin.name}-v${plugin.version}`, executable);
  const title = `plugin ${plugin.name} ${plugin.version}`;
  const cache = path.join(cacheDirectory(), "pulumi");
  const own = path.join(pulumiHome(), inPlugins);
  const file = existsSync(own) ? own : path.join(cache, inPlugins);
  const refusal = existsSync(file) ? undefined : await download(cli, cache, plugin, file);
  if (refusal === undefined) {
    await linkTo(path.join(home, inPlugins), file);
    report.note(`${title}: ${file}`);
    return;
  }
  if (!standInNames.includes(plugin.name))
    throw new Error(`${title}: cannot be had, and there is no stand-in\n${refusal}`);
  const script = path.join(projectDirectory(), "dist", "lab", "standins", `${plugin.name}.js`);
  await writeLauncher(path.join(home, inPlugins), script);
  report.note(`${title}: a stand-in (${refusal})`);
}

/** Has the CLI download a plugin, as `file`, into a PULUMI_HOME of the cache. Returns why it could not. */
async function download(
  cli: PulumiCli,
  home: string,
  { name, version }: RequiredPlugin,
  file: string,
): Promise<string | undefined> {
  // Exactly: else a newer version that is there already counts as this one.
  const args = ["plugin", "install", "resource", name, version, "--exact", "--non-interactive"];
  const env = { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, stderr } = await tryRun(cli.command, args, { env, timeoutSeconds: downloadTimeoutSeconds });
  if (code === 0) return existsSync(file) ? undefined : `the CLI says it installed it, and there is no ${file}`;
  const reason = stderr.match(/Error downloading plugin: .*/g)?.at(-1) ?? lastLines(stderr, 1);
  return reason.replace(/.*: (dial|Get) /, "$1 ");
}
