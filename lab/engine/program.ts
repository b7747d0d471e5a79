/** Runs the program by the SDK's own runner, as the CLI's language host does. */
import { sdkModule } from "./plugins";
import { startChild, stopChild } from "./processes";
import type { Project } from "./project";
import { configJson, type StackConfig } from "./stackConfig";

/** Exit code by which the SDK says that it has reported its errors itself. Source: cmd/run/index.js. */
const errorsReported = "exit code 32";
/** What `pulumi.getOrganization()` answers with a backend that has none. */
export const organization = "organization";

export interface ProgramOptions {
  project: Project;
  stack: string;
  config: StackConfig;
  dryRun: boolean;
  parallel: number;
  /** Where both services listen. */
  address: string;
  /** Told every line the program prints. */
  log: (line: string) => void;
}

/**
 * Starts the program.
 * @returns what stops it, and its end: undefined where it ended well, else what there is to say about it, which is
 * nothing where it has said so itself.
 */
export function startProgram(options: ProgramOptions): { stop: () => void; ended: Promise<string | undefined> } {
  const { project, stack, config, dryRun, parallel, address, log } = options;
  const { nodeargs, typescript } = project.runtime.options;
  const command = [
    ...[process.execPath, ...nodeargs.split(/\s+/).filter(Boolean)],
    sdkModule("cmd/run", project.programDirectory),
    ...["--monitor", address, "--engine", address],
    ...["--project", project.name, "--stack", stack, "--organization", organization],
    ...["--root-directory", project.root, "--pwd", project.programDirectory],
    ...["--parallel", String(parallel), ...(dryRun ? ["--dry-run"] : [])],
    project.entryPoint,
  ];
  const env = {
    ...process.env,
    PULUMI_CONFIG: configJson(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify([...config].filter(([, { secret }]) => secret).map(([key]) => key)),
    PULUMI_NODEJS_TYPESCRIPT: String(typescript),
  };
  const { child, ended } = startChild(command, project.programDirectory, env, log);
  return {
    stop: () => stopChild(child),
    ended: ended.then((how) =>
      how === "exit code 0"
        ? undefined
        : how === errorsReported
          ? ""
          : `Program exited with non-zero exit code: ${how.replace("exit code ", "")}`,
    ),
  };
}
