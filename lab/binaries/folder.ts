import * as fs from "node:fs/promises";
import * as path from "node:path";
import { tryRun } from "../machine/command";
import { LabError } from "../machine/errors";
import { exists, sha256Of } from "../machine/files";
import { cacheDirectory } from "../machine/directories";
import type { BinaryFile } from "./binaryCache";
import type { Component } from "./components";
import { packPrograms } from "./goBuild";

/**
 * A component's files from a folder the user names; the CNI plugins may also lie unpacked in its `cni/`.
 * Returns the reason, a text, if the folder does not have them all.
 */
export async function fromFolder(component: Component, folder: string): Promise<Record<string, BinaryFile> | string> {
  const files: Record<string, BinaryFile> = {};
  for (const name of component.files) {
    const file = (await exists(path.join(folder, name)))
      ? path.join(folder, name)
      : await packFromFolder(component, folder);
    if (file === undefined) return `${folder} has no ${name}`;
    files[name] = { path: file, sha256: await sha256Of(file) };
  }
  if (files.kubelet) await checkVersion(files.kubelet.path, component.version);
  return files;
}

/** Packs the plugins of `cni/` into the archive that the component is made of. */
async function packFromFolder(component: Component, folder: string): Promise<string | undefined> {
  const { archive, programs } = component.build;
  if (!archive) return undefined;
  const unpacked = path.join(folder, "cni");
  for (const program of Object.keys(programs)) if (!(await exists(path.join(unpacked, program)))) return undefined;
  const target = path.join(cacheDirectory(), "binaries", component.name, "from-folder", archive);
  await fs.mkdir(path.dirname(target), { recursive: true });
  await packPrograms(unpacked, Object.keys(programs), target);
  return target;
}

async function checkVersion(kubelet: string, version: string): Promise<void> {
  const { stdout } = await tryRun(kubelet, ["--version"], { timeoutSeconds: 30 });
  const seen = /v(\S+)/.exec(stdout)?.[1];
  if (seen === version) return;
  throw new LabError(
    `${kubelet}: says it is version ${seen ?? "(nothing)"}, the lab is to run ${version}`,
    `give --kubernetes-version ${seen ?? version}, or another --binaries folder`,
  );
}
