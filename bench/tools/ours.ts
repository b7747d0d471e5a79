import * as fs from "node:fs/promises";
import * as path from "node:path";
import { dump, load } from "js-yaml";
import { writeFileAtomic } from "../../lab/machine/files";
import type { LabFiles } from "../../lab/plan/layout";
import { namespace } from "../../lab/pulumi/namespace";
import type { BenchHost } from "../benchHost";
import type { StackResource } from "../stackState";
import { pluginSources } from "./pluginSources";
import { PulumiStack, stack, type StackRuns } from "./pulumiStack";
import { PulumiTool } from "./pulumiTool";
import type { Wanted } from "./tool";

interface StackFile {
  config: Record<string, unknown>;
}

interface HostSetting {
  name: string;
}

/** The stack program of this repository, on the lab's project. */
export class Ours extends PulumiTool {
  constructor(
    private readonly lab: { files: LabFiles },
    private readonly hosts: BenchHost[],
    logPath: string,
    more?: StackRuns,
  ) {
    super(new PulumiStack(lab, namespace, lab.files.pulumi, logPath, more));
  }

  async versions(): Promise<Record<string, string>> {
    return { ...(await this.stack.versions()), ...(await pluginSources(this.lab)) };
  }

  async configure({ hosts, maxPods }: Wanted): Promise<void> {
    const file = load(await fs.readFile(this.lab.files.stackConfig, "utf8")) as StackFile;
    const key = (name: string): string => `${namespace}:${name}`;
    const settings = file.config[key("hosts")] as HostSetting[];
    const places = new Map(this.hosts.map(({ name, address, port }) => [name, { address, port }]));
    const config = {
      ...file.config,
      [key("hosts")]: settings
        .filter(({ name }) => hosts.includes(name))
        .map((setting) => ({ ...setting, ...places.get(setting.name) })),
      [key("kubeletConfiguration")]: { ...(file.config[key("kubeletConfiguration")] as object), maxPods },
    };
    await writeFileAtomic(path.join(this.lab.files.pulumi, `Pulumi.${stack}.yaml`), dump({ ...file, config }));
  }

  resources(): Promise<StackResource[]> {
    return this.stack.resources();
  }
}
