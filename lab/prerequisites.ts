import * as fs from "node:fs/promises";
import * as net from "node:net";
import * as ipaddr from "ipaddr.js";
import { installMissing } from "./apt";
import { hasCommand, run, tryRun } from "./command";
import { cacheDirectory } from "./directories";
import { dockerAnswers } from "./docker";
import { LabError } from "./errors";
import type { LabLayout } from "./layout";
import { refuseForeignLab } from "./network";
import type { LabOptions } from "./options";
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
export async function checkMachine(options: LabOptions, layout: LabLayout, report: Report): Promise<void> {
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
  await refuseForeignLab(layout);
  await checkRoutes(options, layout);
}

/** The port of a program that is not the lab's own yet must be free. */
export async function checkPortFree(address: string, port: number): Promise<void> {
  const taken = await new Promise<boolean>((resolve) => {
    const server = net.createServer();
    server.once("error", (error) => resolve("code" in error && error.code === "EADDRINUSE"));
    server.listen(port, address, () => server.close(() => resolve(false)));
  });
  if (!taken) return;
  const owner = await tryRun("ss", [
    ...["--no-header", "--listening", "--tcp", "--numeric", "--processes"],
    `sport = :${port} and ( src ${address} or src 0.0.0.0 or src [::] )`,
  ]);
  throw new LabError(
    `port ${port} of ${address}: in use\n${owner.stdout.trim()}`,
    "end that program, or keep it from listening on all addresses; `lab down` ends what an earlier lab has left",
  );
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

/** The lab's networks must be nobody else's on this machine. */
async function checkRoutes(options: LabOptions, layout: LabLayout): Promise<void> {
  const routes = JSON.parse(await run("ip", ["-json", "-4", "route", "show", "table", "main"])) as {
    dst: string;
    dev?: string;
  }[];
  const wanted = [
    { network: options.subnet, option: "--subnet" },
    { network: options.clusterCIDR, option: "--cluster-cidr" },
  ];
  for (const { network, option } of wanted) {
    const other = routes.find(
      (route) => route.dev !== layout.bridge && route.dst !== "default" && overlaps(route.dst, network),
    );
    if (!other) continue;
    throw new LabError(
      `${option} ${network}: overlaps ${other.dst}, which this machine reaches by ${other.dev ?? "another route"}`,
      `give another network as ${option}`,
    );
  }
}

/** Whether two IPv4 networks share addresses; a bare address is a network of one. */
export function overlaps(one: string, other: string): boolean {
  const [a, aBits] = ipaddr.IPv4.parseCIDR(one.includes("/") ? one : `${one}/32`);
  const [b, bBits] = ipaddr.IPv4.parseCIDR(other.includes("/") ? other : `${other}/32`);
  return a.match(b, Math.min(aBits, bBits));
}
