import * as path from "node:path";
import type { Lab } from "../../lab/lab";
import { run, tryRun } from "../../lab/machine/command";
import { installMissing } from "../../lab/machine/apt";
import { cacheDirectory, projectDirectory } from "../../lab/machine/directories";
import { LabError } from "../../lab/machine/errors";
import { exists, writeFileAtomic } from "../../lab/machine/files";
import { type HostPlan, withMaxPods } from "../plan";
import type { Steps, Tool, Wanted } from "./tool";

/** Newest when the benchmark was written. */
const version = "3.10.0";
const patience = 1800;

/** pyinfra, from PyPI in a virtual environment of its own, with a deploy of files.put and systemd.service. */
export class Pyinfra implements Tool {
  /** A host that is not in its inventory any more stays as it is. */
  readonly removes = false;
  private readonly planFile: string;

  constructor(
    private readonly lab: Lab,
    private readonly plans: HostPlan[],
    private readonly directory: string,
    private readonly logPath: string,
  ) {
    this.planFile = path.join(directory, "plan.json");
  }

  async versions(): Promise<Record<string, string>> {
    const python = await run(path.join(environment(), "bin", "python"), ["--version"]);
    return { pyinfra: version, python: python.trim().replace("Python ", "") };
  }

  async configure({ hosts, maxPods }: Wanted): Promise<void> {
    await withMaxPods(this.plans, maxPods);
    const knownHostsFile = path.join(this.directory, "known_hosts");
    const known = this.plans.map(({ address, port, hostKey }) => `${knownName(address, port)} ${hostKey}\n`);
    await writeFileAtomic(knownHostsFile, known.join(""));
    const wanted = this.plans.filter(({ name }) => hosts.includes(name));
    const plan = { privateKeyFile: this.lab.sshKeyPath, knownHostsFile, hosts: wanted };
    await writeFileAtomic(this.planFile, JSON.stringify(plan));
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }

  async apply(): Promise<Steps> {
    const sources = path.join(projectDirectory(), "bench", "pyinfra");
    const args = ["--yes", path.join(sources, "inventory.py"), path.join(sources, "deploy.py")];
    const env = { BENCH_PLAN: this.planFile, SSH_AUTH_SOCK: "", PYTHONDONTWRITEBYTECODE: "1" };
    const options = { cwd: this.directory, env, timeoutSeconds: patience, logPath: this.logPath };
    const { code, stdout, stderr } = await tryRun(path.join(environment(), "bin", "pyinfra"), args, options);
    if (code === 0) return {};
    const said = `${stdout}\n${stderr}`.split("\n").filter((line) => /error|failed/i.test(line));
    throw new LabError(`pyinfra: exit code ${code}\n${said.slice(0, 8).join("\n")}`, `see ${this.logPath}`);
  }

  /** Each of its runs looks at everything again. */
  refresh(): Promise<Steps> {
    return this.apply();
  }
}

/** As known_hosts names a server. */
function knownName(address: string, port: number): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

function environment(): string {
  return path.join(cacheDirectory(), "python", `pyinfra-${version}`);
}

/** Makes the virtual environment where it is not there yet. */
export async function ensurePyinfra(): Promise<void> {
  const ready = path.join(environment(), "installed");
  if (await exists(ready)) return;
  await installMissing([{ program: "python3", package: "python3-venv" }]);
  await run("python3", ["-m", "venv", "--clear", environment()], { timeoutSeconds: 300 });
  const pip = path.join(environment(), "bin", "pip");
  await run(pip, ["install", "--quiet", "--disable-pip-version-check", `pyinfra==${version}`], { timeoutSeconds: 600 });
  await writeFileAtomic(ready, "");
}
