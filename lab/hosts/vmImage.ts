import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { architecture } from "../machine/architecture";
import { installMissing } from "../machine/apt";
import { run } from "../machine/command";
import { cacheDirectory, hostImageDirectory } from "../machine/directories";
import { docker } from "../machine/docker";
import { LabError } from "../machine/errors";
import { exists } from "../machine/files";
import { withLock } from "../machine/lock";
import type { Report } from "../machine/progress";
import type { VmMedia } from "./hostDriver";

/** Of a host's disk; the file of a host takes what the host has written. */
const diskSize = "8G";

/**
 * The disk, kernel and initrd of the hosts that are virtual machines, from the tree of the container hosts' image; in the cache,
 * made where what they are made from has changed.
 */
export async function ensureVmMedia(hostImage: string, report: Report): Promise<VmMedia> {
  if (architecture() !== "amd64") {
    throw new LabError(`--vm-hosts: this machine is ${architecture()}`, "virtual machines of the lab are amd64 only");
  }
  await installMissing([
    { program: "qemu-system-x86_64", package: "qemu-system-x86" },
    { program: "qemu-img", package: "qemu-utils" },
    { program: "mkfs.ext4", package: "e2fsprogs" },
  ]);
  const key = await keyOf(hostImage);
  const folder = path.join(cacheDirectory(), "images", `vm-${key}`);
  const lock = path.join(cacheDirectory(), "locks", `vm-${key}`);
  await withLock(
    lock,
    () => report.note("waiting for another run that makes the virtual machines' disk"),
    () => makeMedia(folder, hostImage, `kwn-vm:${key}`, report),
  );
  const file = (name: string): string => path.join(folder, name);
  return { disk: file("disk"), kernel: file("vmlinuz"), initrd: file("initrd.img") };
}

const sources = ["vm.Dockerfile", "vm/etc/systemd/system/lab-seed.service", "vm/usr/local/sbin/lab-seed"];

async function keyOf(hostImage: string): Promise<string> {
  const hash = createHash("sha256").update(hostImage);
  for (const source of sources) hash.update(await fs.readFile(path.join(hostImageDirectory(), source)));
  return hash.digest("hex").slice(0, 12);
}

async function makeMedia(folder: string, hostImage: string, image: string, report: Report): Promise<void> {
  if (await exists(folder)) return report.note("virtual machines' disk: there already");
  report.working("adding Debian's kernel to the host image");
  const dockerfile = path.join(hostImageDirectory(), "vm.Dockerfile");
  const build = ["build", "--network", "host", "--force-rm", "--file", dockerfile, "--build-arg", `BASE=${hostImage}`];
  // The classic builder takes its base from the daemon's own images; BuildKit would ask a registry for it.
  await run("docker", [...build, "--tag", image, hostImageDirectory()], { env: { DOCKER_BUILDKIT: "0" } });
  const work = await fs.mkdtemp(`${folder}.partial-`);
  try {
    report.working("making the virtual machines' disk");
    const made = path.join(work, "made");
    await fs.mkdir(made);
    await unpackImage(image, work);
    for (const name of ["vmlinuz", "initrd.img"]) {
      await fs.copyFile(await fs.realpath(path.join(work, "root", name)), path.join(made, name));
    }
    await run("mkfs.ext4", ["-q", "-d", path.join(work, "root"), path.join(made, "disk"), diskSize]);
    await fs.rename(made, folder);
  } finally {
    await fs.rm(work, { recursive: true, force: true });
    await docker(["rmi", image]);
  }
}

async function unpackImage(image: string, work: string): Promise<void> {
  const container = (await docker(["create", image, "none"])).trim();
  try {
    await docker(["export", "--output", path.join(work, "tree.tar"), container]);
  } finally {
    await docker(["rm", container]);
  }
  await fs.mkdir(path.join(work, "root"), { mode: 0o755 });
  const unpack = ["--extract", "--numeric-owner", "--same-permissions", "--xattrs", "--xattrs-include=*"];
  await run("tar", [...unpack, "--file", path.join(work, "tree.tar"), "--directory", path.join(work, "root")]);
}
