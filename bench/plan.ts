import * as fs from "node:fs/promises";
import * as path from "node:path";
import { run } from "../lab/machine/command";
import { writeFileAtomic } from "../lab/machine/files";
import type { BenchHost } from "./benchHost";
import type { StackResource } from "./stackState";

/** One file that a host has to have. */
export interface PlanFile {
  path: string;
  mode: string;
  /** Local file with its bytes. */
  source: string;
  /** Whether its service restarts with it. */
  restart: boolean;
  secret: boolean;
}

/** One service with all it needs; without a unit, only its files. */
export interface PlanService {
  name: string;
  unit?: string;
  files: PlanFile[];
  binaries: PlanFile[];
  /** A gzipped tar, some members of which are the binaries. */
  archive?: { source: string; directory: string; members: string[] };
  directories: string[];
}

/** What a host has once it is a node, for tools that know nothing of Kubernetes. */
export interface HostPlan extends BenchHost {
  modules: string[];
  sysctls: Record<string, string>;
  services: PlanService[];
}

type FileMap = Record<string, { content: string; mode?: string; restart?: boolean } | undefined>;

/** What is read of the inputs of our own resources. */
interface Inputs {
  unitName?: string;
  unit?: string;
  files?: FileMap;
  secretFiles?: FileMap;
  /** Of binaries their sources; of a service the digests of those that it starts. */
  programs?: Record<string, { source: string } | string | undefined>;
  directories?: string[];
  archive?: { source: string };
  directory?: string;
  members?: string[];
  kernelModules?: string[];
  sysctls?: Record<string, string>;
}

/** A resource of ours on one host, by its name without the host's. */
interface Part {
  name: string;
  inputs: Inputs;
}

/** Reads a file of a host. */
export type ReadFile = (host: string, path: string) => Promise<string>;

/**
 * Reads from the state of our own stack what it has put on each host, so that the others put the very same bytes; from the host
 * itself where the state has only the digest of a file.
 *
 * @param directory where the bytes are laid down, one file each
 */
export async function readPlans(
  resources: StackResource[],
  hosts: BenchHost[],
  directory: string,
  read: ReadFile,
): Promise<HostPlan[]> {
  const plans: HostPlan[] = [];
  for (const host of hosts) {
    const isOfHost = ({ name, type }: StackResource): boolean =>
      name.startsWith(`${host.name}-`) && type.startsWith("pulumi-nodejs:");
    const parts = resources
      .filter(isOfHost)
      .flatMap(({ name, inputs }) => partsOf(name.slice(host.name.length + 1), inputs));
    const services = parts
      .toSorted((a, b) => startOrder.indexOf(a.name) - startOrder.indexOf(b.name))
      .map(({ name, inputs }) =>
        serviceOf(name, inputs, path.join(directory, host.name), (file) => read(host.name, file)),
      );
    plans.push({
      ...host,
      modules: parts.flatMap(({ inputs }) => inputs.kernelModules ?? []),
      sysctls: Object.assign({}, ...parts.map(({ inputs }) => inputs.sysctls)) as Record<string, string>,
      services: (await Promise.all(services)).filter(({ files, binaries }) => files.length + binaries.length > 0),
    });
  }
  return plans;
}

/** Parts of a node in the order in which they have to be on the host. */
const startOrder = ["preparation", "containerd", "binaries", "programs", "kubelet", "kube-proxy"];

/** Programs and an archive of one resource are copied apart. */
function partsOf(name: string, { programs, ...inputs }: Inputs): Part[] {
  return programs === undefined
    ? [{ name, inputs }]
    : [
        { name, inputs },
        { name: "programs", inputs: { programs } },
      ];
}

async function serviceOf(
  name: string,
  inputs: Inputs,
  directory: string,
  read: (path: string) => Promise<string>,
): Promise<PlanService> {
  const { unitName, unit, files = {}, secretFiles = {} } = inputs;
  const unitFile: FileMap =
    unit === undefined ? {} : { [`/etc/systemd/system/${unitName}`]: { content: unit, mode: "0600" } };
  const unpacked = await unpack(inputs, directory);
  return {
    name,
    ...(unitName === undefined ? {} : { unit: unitName }),
    files: [
      ...(await layDown({ ...unitFile, ...files }, false, directory, read)),
      ...(await layDown(secretFiles, true, directory, read)),
    ],
    binaries: [...binariesOf(inputs), ...(unpacked?.members ?? [])],
    ...(unpacked && { archive: unpacked.archive }),
    directories: inputs.directories ?? [],
  };
}

async function layDown(
  files: FileMap,
  secret: boolean,
  directory: string,
  read: (path: string) => Promise<string>,
): Promise<PlanFile[]> {
  const list = Object.entries(files).flatMap(([place, file]) => (file ? [{ place, ...file }] : []));
  return Promise.all(
    list.map(async ({ place, content, mode = "0644", restart = true }) => {
      const source = path.join(directory, place.slice(1).replaceAll("/", "_"));
      const isDigest = content.startsWith("[sha256 ");
      await writeFileAtomic(source, isDigest ? await read(place) : content);
      return { path: place, mode, source, restart, secret };
    }),
  );
}

function binariesOf({ programs = {} }: Inputs): PlanFile[] {
  return Object.entries(programs).flatMap(([place, artifact]) =>
    typeof artifact === "object" ? [executable(place, artifact.source)] : [],
  );
}

interface UnpackedArchive {
  /** As the archive names them. */
  archive: NonNullable<PlanService["archive"]>;
  /** Its members as files of their own, for a tool that puts files. */
  members: PlanFile[];
}

async function unpack(inputs: Inputs, directory: string): Promise<UnpackedArchive | undefined> {
  const { archive, directory: target = "", members: wanted = [] } = inputs;
  if (archive === undefined) return undefined;
  const { source } = archive;
  const names = (await run("tar", ["-tzf", source])).split("\n").filter((name) => wanted.includes(path.basename(name)));
  const folder = path.join(directory, "members");
  await fs.mkdir(folder, { recursive: true });
  await run("tar", ["-xzf", source, "-C", folder, ...names]);
  return {
    archive: { source, directory: target, members: names },
    members: names.map((name) => executable(path.join(target, path.basename(name)), path.join(folder, name))),
  };
}

function executable(place: string, source: string): PlanFile {
  return { path: place, mode: "0755", source, restart: true, secret: false };
}

/** The plans with one field of the kubelet's configuration changed. */
export async function withMaxPods(plans: HostPlan[], maxPods: number): Promise<void> {
  for (const { services } of plans) {
    const file = services
      .flatMap(({ files }) => files)
      .find((candidate) => candidate.path.endsWith("/kubelet/config.yaml"));
    if (file === undefined) throw new Error("no kubelet configuration among what our stack has put on a host");
    const before = await fs.readFile(file.source, "utf8");
    const after = before.replace(/^maxPods: .*$/m, `maxPods: ${maxPods}`);
    if (!after.includes(`maxPods: ${maxPods}\n`)) throw new Error(`${file.source}: has no maxPods`);
    await writeFileAtomic(file.source, after);
  }
}
