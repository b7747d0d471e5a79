import { tryRun } from "../machine/command";
import { LabError } from "../machine/errors";
import { exists } from "../machine/files";
import { type LabLayout, directoryLabel } from "../plan/layout";

/**
 * Refuses to touch a lab of that name that belongs to another working tree, as the label of its network says; one whose
 * tree is gone belongs to nobody. Returns the folder that it is or was in.
 */
export async function refuseForeignLab(layout: LabLayout): Promise<string> {
  const format = `{{index .Labels "${directoryLabel}"}}`;
  const seen = await tryRun("docker", ["network", "inspect", "--format", format, layout.network]);
  const directory = seen.stdout.trim();
  if (seen.code !== 0) return layout.files.directory;
  if (directory === layout.files.directory || !(await exists(directory))) return directory;
  throw new LabError(
    `a lab of that name belongs to ${directory}: Docker network ${layout.network}`,
    "run `lab down` in that working tree, or give this lab another --name and --subnet",
  );
}
