import * as fs from "node:fs/promises";
import { installMissing } from "./apt";
import { hasCommand } from "./command";
import { cacheDirectory } from "./directories";
import { dockerAnswers } from "./docker";
import { LabError } from "./errors";
import type { Report } from "./progress";

/** For modules, build results, the image and two hosts, when nothing is in the cache yet; seen: about 11 GiB. */
const neededGibibytes = 15;

/** Refuses to do anything where the lab can neither be made nor removed. */
export function requireRootOnLinux(): void {
  if (process.platform !== "linux") {
    throw new LabError(`this is ${process.platform}`, "run the lab on Linux: its hosts share the machine's kernel");
  }
  if (process.getuid?.() !== 0) {
    throw new LabError("not run as root: the lab makes networks, routes and containers", "run it with sudo");
  }
}

/** Refuses to begin where the lab cannot work, naming the remedy; installs packages that are missing. */
export async function checkMachine(report: Report): Promise<void> {
  report.working("looking for programs");
  const installed = await installMissing([
    { program: "ip", package: "iproute2" },
    { program: "nft", package: "nftables" },
    { program: "iptables", package: "iptables" },
  ]);
  if (!(await dockerAnswers())) {
    installed.push(...(await installMissing([{ program: "dockerd", package: "docker.io" }])));
    // Newer Debians have the client in a package of its own.
    installed.push(...(await installMissing([{ program: "docker", package: "docker-cli" }])));
  }
  if (installed.length > 0) report.note(`installed ${installed.join(", ")}`);
  if (!(await hasCommand("go"))) {
    throw new LabError(
      "go: not found; the lab's test images are built with it",
      "install Go 1.26 or newer and put it on PATH",
    );
  }
  await checkDisk();
}

async function checkDisk(): Promise<void> {
  await fs.mkdir(cacheDirectory(), { recursive: true });
  const { bavail, bsize } = await fs.statfs(cacheDirectory());
  const free = (bavail * bsize) / 2 ** 30;
  if (free >= neededGibibytes || (await cacheIsFilled())) return;
  throw new LabError(
    `${cacheDirectory()}: ${free.toFixed(1)} GiB free, a first run takes ${neededGibibytes} GiB`,
    "free some, or set XDG_CACHE_HOME to a folder on a larger disk",
  );
}

async function cacheIsFilled(): Promise<boolean> {
  const filled = await fs.readdir(`${cacheDirectory()}/binaries/kubernetes`).catch(() => []);
  return filled.length > 0;
}
