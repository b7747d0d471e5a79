import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { installMissing } from "../machine/apt";
import { architecture } from "../machine/architecture";
import { CommandError, lastLines, run, tryRun } from "../machine/command";
import { cacheDirectory, hostImageDirectory } from "../machine/directories";
import { docker } from "../machine/docker";
import { LabError } from "../machine/errors";
import { exists } from "../machine/files";
import { withLock } from "../machine/lock";
import type { Report } from "../machine/progress";

const pullTimeoutSeconds = 600;

/**
 * The system below the lab's hosts, Debian with the packages of packages.txt. Returns the image's name.
 *
 * @param suite of the packages, "bookworm"
 */
export async function ensureBaseImage(suite: string, report: Report): Promise<string> {
  const packages = await packageNames();
  const key = createHash("sha256")
    .update([suite, ...packages].join("\n"))
    .digest("hex")
    .slice(0, 12);
  const image = `kwn-host-base:${key}`;
  const lock = path.join(cacheDirectory(), "locks", `base-${key}`);
  await withLock(
    lock,
    () => report.note("waiting for another run that makes the base image"),
    () => makeBaseImage({ image, key, suite, packages }, report),
  );
  return image;
}

async function packageNames(): Promise<string[]> {
  const text = await fs.readFile(path.join(hostImageDirectory(), "packages.txt"), "utf8");
  return text.split("\n").filter((line) => line !== "");
}

export async function imageExists(image: string): Promise<boolean> {
  return (await tryRun("docker", ["image", "inspect", "--format", "{{.Id}}", image])).code === 0;
}

interface BaseImage {
  image: string;
  key: string;
  suite: string;
  packages: string[];
}

async function makeBaseImage({ image, key, suite, packages }: BaseImage, report: Report): Promise<void> {
  if (await imageExists(image)) return report.note("base image: there already");
  const archive = path.join(cacheDirectory(), "images", `base-${key}-${architecture()}.tar`);
  if (!(await exists(archive))) {
    report.working("asking the image registry for Debian");
    const reason = await buildFromRegistry(image, suite);
    if (reason === undefined) return report.note("base image: built on the registry's Debian");
    report.note(`base image: made by debootstrap (image registry: ${reason})`);
    await debootstrap(archive, suite, packages, report);
  }
  report.working("importing the base image");
  await docker(["import", archive, image]);
}

/** Builds base.Dockerfile; returns the reason if the registry's image cannot be had. */
async function buildFromRegistry(image: string, suite: string): Promise<string | undefined> {
  const from = `debian:${suite}-slim`;
  const pulled = await tryRun("docker", ["pull", "--quiet", from], { timeoutSeconds: pullTimeoutSeconds });
  if (pulled.code !== 0) return lastLines(pulled.stderr, 1).replace(/^Error response from daemon: /, "");
  const dockerfile = path.join(hostImageDirectory(), "base.Dockerfile");
  const build = ["build", "--network", "host", "--build-arg", `BASE=${from}`, "--file", dockerfile, "--tag", image];
  const built = await tryRun("docker", [...build, hostImageDirectory()]);
  return built.code === 0 ? undefined : `build failed: ${lastLines(built.stderr, 1)}`;
}

async function debootstrap(archive: string, suite: string, packages: string[], report: Report): Promise<void> {
  await installMissing([{ program: "debootstrap", package: "debootstrap" }]);
  const site = await aptSite();
  await fs.mkdir(path.dirname(archive), { recursive: true });
  const work = await fs.mkdtemp(path.join(path.dirname(archive), "debootstrap-"));
  const root = path.join(work, "root");
  try {
    report.working(`debootstrap of ${suite}, ${packages.length} packages`);
    const include = `--include=${packages.join(",")}`;
    const logPath = path.join(work, "log");
    await run("debootstrap", ["--variant=minbase", include, suite, root, site], { logPath }).catch(explain);
    for (const folder of ["var/cache/apt/archives", "var/lib/apt/lists"]) {
      await fs.rm(path.join(root, folder), { recursive: true, force: true });
      await fs.mkdir(path.join(root, folder, "partial"), { recursive: true });
    }
    report.working("packing the base image");
    await run("tar", ["--create", "--numeric-owner", "--file", path.join(work, "tar"), "--directory", root, "."]);
    await fs.rename(path.join(work, "tar"), archive);
  } finally {
    await removeTree(work);
  }
}

function explain(error: unknown): never {
  if (!(error instanceof CommandError)) throw error;
  throw new LabError(
    `debootstrap failed\n${lastLines(error.result.stdout + error.result.stderr, 8)}`,
    "check apt's sources on this machine (apt-get update), or make an image registry reachable",
  );
}

/** Where packages of the machine's own Debian come from, as apt itself reads its sources: those of other releases are beside them. */
async function aptSite(): Promise<string> {
  const release = await fs.readFile("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(release)?.[1] ?? "";
  const format = "$(SITE) $(RELEASE) $(COMPONENT)";
  const targets = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  for (const line of targets.split("\n")) {
    const [site, suite, component] = line.split(" ");
    if (site !== undefined && suite === codename && component === "main") return site;
  }
  throw new LabError(
    `apt's sources have no "main" of this machine's own release (${codename || "unknown"})`,
    "add it to /etc/apt/sources.list, or make an image registry reachable",
  );
}

/**
 * Removes a tree that an interrupted debootstrap may have left mounts in, and never what is mounted there.
 * Synchronous commands, since it has to work in an interrupted run as well.
 */
async function removeTree(directory: string): Promise<void> {
  const mounts = await fs.readFile("/proc/self/mounts", "utf8");
  const targets = mounts.split("\n").map((line) => line.split(" ")[1] ?? "");
  const inside = targets.filter((target) => target.startsWith(`${directory}/`)).reverse();
  for (const mountpoint of inside) spawnSync("umount", [mountpoint]);
  spawnSync("rm", ["--recursive", "--force", "--one-file-system", directory]);
}
