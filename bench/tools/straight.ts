import * as path from "node:path";
import { dump } from "js-yaml";
import type { Lab } from "../../lab/lab";
import { projectDirectory } from "../../lab/machine/directories";
import { writeFileAtomic } from "../../lab/machine/files";
import { type HostPlan, withMaxPods } from "../plan";
import { pluginSources } from "./pluginSources";
import { PulumiStack } from "./pulumiStack";
import { PulumiTool } from "./pulumiTool";
import type { Wanted } from "./tool";

const project = "straight";

/** A plain program of @pulumi/command (bench/straight/program.ts) that puts the same content on each host. */
export class Straight extends PulumiTool {
  private readonly planFile: string;

  constructor(
    private readonly lab: Lab,
    private readonly plans: HostPlan[],
    private readonly directory: string,
    logPath: string,
  ) {
    const planFile = path.join(directory, "plan.json");
    super(new PulumiStack(lab, project, directory, logPath, { env: { BENCH_PLAN: planFile } }));
    this.planFile = planFile;
  }

  async versions(): Promise<Record<string, string>> {
    const { "plugin command": command } = await pluginSources(this.lab);
    return { ...(await this.stack.versions()), "plugin command": command ?? "unknown" };
  }

  async configure({ hosts, maxPods }: Wanted): Promise<void> {
    await withMaxPods(this.plans, maxPods);
    const plan = { privateKeyFile: this.lab.sshKeyPath, hosts: this.plans.filter(({ name }) => hosts.includes(name)) };
    await writeFileAtomic(this.planFile, JSON.stringify(plan));
    const program = path.join(projectDirectory(), "dist", "bench", "straight", "program.js");
    const file = { name: project, runtime: { name: "nodejs", options: { typescript: false } }, main: program };
    await writeFileAtomic(path.join(this.directory, "Pulumi.yaml"), dump(file));
  }
}
