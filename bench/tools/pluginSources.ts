import * as fs from "node:fs/promises";
import * as path from "node:path";
import { projectDirectory } from "../../lab/machine/directories";
import type { LabFiles } from "../../lab/plan/layout";
import { pulumiFiles } from "../../lab/pulumi/environment";
import { requiredPlugins } from "../../lab/pulumi/requiredPlugins";

/** Plugin -> its version, and whether it is the real one: the lab's stand-ins are launchers, the real ones are linked to. */
export async function pluginSources(lab: { files: LabFiles }): Promise<Record<string, string>> {
  const { home } = pulumiFiles(lab.files.pulumi);
  const found = requiredPlugins(projectDirectory()).map(async ({ name, version }) => {
    const file = path.join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
    const isReal = (await fs.lstat(file)).isSymbolicLink();
    return [`plugin ${name}`, `${version} (${isReal ? "the real one" : "the lab's stand-in"})`] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
