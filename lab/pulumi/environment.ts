import * as path from "node:path";
import { projectDirectory } from "../machine/directories";
import { type LabFiles, labVariable } from "../plan/layout";

/** The stack that `lab up` makes. */
export const stackName = "dev";

/** Below the folder of a lab's Pulumi project. */
export function pulumiFiles(directory: string) {
  const below = (name: string) => path.join(directory, name);
  return {
    /** Has a link to the CLI, for PATH. */
    bin: below("bin"),
    /** PULUMI_HOME, so that the person's own ~/.pulumi is never written. */
    home: below("home"),
    /** Backend with the stacks' states. */
    state: below("state"),
    project: below("Pulumi.yaml"),
  };
}

/**
 * Variables by which any call of `pulumi` in the lab's Pulumi project is about that lab only. Those that are undefined have
 * to be taken out of the environment.
 */
export function pulumiEnvironment(files: LabFiles): Record<string, string | undefined> {
  const { bin, home, state } = pulumiFiles(files.pulumi);
  // A release's language host runs the `node` on PATH, which has to be the one that this project is for.
  const nodejs = path.join(projectDirectory(), "node_modules", ".bin");
  return {
    PATH: [bin, nodejs, process.env.PATH ?? ""].join(path.delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: files.passphrase,
    // It would win over the file, an empty one too.
    PULUMI_CONFIG_PASSPHRASE: undefined,
    // It would have the CLI write outside of its home.
    PULUMI_CREDENTIALS_PATH: undefined,
    PULUMI_STACK: stackName,
    // The home has all plugins; the CLI warns of each that it finds on PATH, and is slower.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // As the README advises: without it everything stops at the first host that fails.
    PULUMI_CONTINUE_ON_ERROR: "true",
    // A lab is there to be thrown away: nothing asks before it does.
    PULUMI_SKIP_CONFIRMATIONS: "true",
  };
}

/**
 * The same for a run of the CLI that is ours to end: by the mark `lab down` finds what a killed CLI leaves running, since its
 * plugins do not look after whom they serve. A person's shell must not have it: it would be ended as well.
 */
export function runEnvironment(files: LabFiles): Record<string, string | undefined> {
  return { ...pulumiEnvironment(files), [labVariable]: files.directory };
}
