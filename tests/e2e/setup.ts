import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLab } from "../../lab/lab";
import type { Lab } from "../../lab/lab";
import { hostTraces } from "../support/hostFingerprint";
import { labName } from "../support/labOfTests";

/** Where the look of the untouched hosts is kept. */
export function pristineFile(lab: Lab): string {
  return join(lab.files.directory, "pristine.json");
}

/** Before the first story of a new lab: notes what its hosts look like with nothing of ours. */
export default async function recordPristineHosts(): Promise<void> {
  const lab = await openLab(labName);
  if (existsSync(pristineFile(lab))) return;
  for (const { name } of lab.hosts) {
    const { stdout } = await lab.exec(name, "ls -d /var/lib/kubernetes-worker-nodes 2>/dev/null");
    if (stdout !== "")
      throw new Error(`${name} of lab ${lab.name} is not untouched any more: take the lab down and up again`);
  }
  const looks = await Promise.all(lab.hosts.map(async ({ name }) => [name, await hostTraces(lab, name)] as const));
  writeFileSync(pristineFile(lab), JSON.stringify(Object.fromEntries(looks)));
}
