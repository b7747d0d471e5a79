import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { imageExists } from "./baseImage";
import type { Binaries } from "../binaries/resolver";
import { run } from "../machine/command";
import { cacheDirectory, hostImageDirectory } from "../machine/directories";
import type { Report } from "../machine/progress";

/** Programs of the host image that are ours to bring; everything else is Debian's. */
const runtimePrograms = ["containerd", "containerd-shim-runc-v2", "ctr"];

/**
 * The image of a lab host: the base image, containerd and the files of lab/hosts/image/. Returns the image's name, which
 * has a hash of all that goes in; it is built only when that changed.
 */
export async function ensureHostImage(
  base: string,
  binaries: Binaries,
  testImages: string,
  report: Report,
): Promise<string> {
  const image = `kwn-host:${await keyOf(base, binaries, testImages)}`;
  if (await imageExists(image)) {
    report.note("host image: there already");
    return image;
  }
  report.working("building the host image");
  await fs.mkdir(path.join(cacheDirectory(), "build"), { recursive: true });
  const context = await fs.mkdtemp(path.join(cacheDirectory(), "build", "host-image-"));
  try {
    await fs.copyFile(path.join(hostImageDirectory(), "Dockerfile"), path.join(context, "Dockerfile"));
    await fs.cp(path.join(hostImageDirectory(), "rootfs"), path.join(context, "rootfs"), { recursive: true });
    await fs.cp(testImages, path.join(context, "images"), { recursive: true });
    await fs.mkdir(path.join(context, "bin"));
    for (const name of runtimePrograms) {
      await fs.copyFile(binaries[name]?.path ?? name, path.join(context, "bin", name));
    }
    const build = ["build", "--network", "none", "--force-rm", "--build-arg", `BASE=${base}`, "--tag", image, context];
    // The classic builder takes its base from the daemon's own images; BuildKit would ask a registry for it.
    await run("docker", build, { env: { DOCKER_BUILDKIT: "0" } });
  } finally {
    await fs.rm(context, { recursive: true, force: true });
  }
  return image;
}

async function keyOf(base: string, binaries: Binaries, testImages: string): Promise<string> {
  const hash = createHash("sha256").update(base).update(path.basename(testImages));
  for (const name of runtimePrograms) hash.update(binaries[name]?.sha256 ?? "");
  const sources = [path.join(hostImageDirectory(), "Dockerfile"), ...(await filesBelow("rootfs"))];
  for (const source of sources) hash.update(path.basename(source)).update(await fs.readFile(source));
  return hash.digest("hex").slice(0, 12);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await fs.readdir(path.join(hostImageDirectory(), folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
