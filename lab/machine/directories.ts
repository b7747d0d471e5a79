import { existsSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** The working tree: the folder with package.json above this file, both from sources and from dist/. */
export function projectDirectory(): string {
  let directory = __dirname;
  while (!existsSync(path.join(directory, "package.json"))) {
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error(`no package.json in any folder above ${__dirname}`);
    directory = parent;
  }
  return directory;
}

/** What is worth keeping between labs: binaries, base images. `${XDG_CACHE_HOME:-~/.cache}/kubernetes-worker-nodes` */
export function cacheDirectory(): string {
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
  return path.join(base, "kubernetes-worker-nodes");
}

/**
 * What all labs of the machine share, whoever's cache they use: a lab with a cache of its own would else put back what another one
 * still needs. Labs are root's.
 */
export function machineDirectory(): string {
  return "/run/kubernetes-worker-nodes-labs";
}

/** Sources of the host image. */
export function hostImageDirectory(): string {
  return path.join(projectDirectory(), "lab", "hosts", "image");
}
