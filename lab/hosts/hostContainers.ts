import { existsSync, readFileSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { boundingCapabilities } from "../machine/capabilities";
import { type CommandResult, tryRun } from "../machine/command";
import { docker } from "../machine/docker";
import { sleep } from "../machine/interrupt";
import { type LabHost, type LabLayout, labLabel } from "../plan/layout";
import type { LabOptions } from "../plan/options";
import type { HostDriver, HostPlan } from "./hostDriver";

/** Hosts that are containers, which share this machine's kernel. */
export const hostContainers: HostDriver = {
  state,
  exec,
  wayIn: (host) => `docker exec -it ${host.container} bash`,
  async start(host, plan) {
    if ((await state(host)) === undefined) await createHost(host, plan);
    await docker(["start", host.container]);
  },
  async removeOthers(layout, options) {
    const wanted = new Set(layout.hosts.map((host) => host.container));
    const surplus = (await containersOf(options.name)).filter((container) => !wanted.has(container));
    if (surplus.length > 0) await docker(["rm", "--force", "--volumes", ...surplus]);
    return surplus;
  },
};

/** Docker's word for the state of a host's container, undefined if there is none. */
async function state(host: LabHost): Promise<string | undefined> {
  const seen = await tryRun("docker", ["container", "inspect", "--format", "{{.State.Status}}", host.container]);
  return seen.code === 0 ? seen.stdout.trim() : undefined;
}

async function exec({ container }: LabHost, command: string, input?: string): Promise<CommandResult> {
  return tryRun("docker", ["exec", ...(input === undefined ? [] : ["-i"]), container, "sh", "-c", command], { input });
}

/** Removes all hosts of a lab with their disks; also one that an interrupted run has asked for and Docker still makes. */
export async function removeContainers(lab: string): Promise<void> {
  for (let containers = await containersOf(lab); containers.length > 0; containers = await containersOf(lab)) {
    await docker(["rm", "--force", "--volumes", ...containers]);
    await sleep(300);
  }
}

async function containersOf(lab: string): Promise<string[]> {
  const list = await docker(["ps", "--all", "--filter", `label=${labLabel}=${lab}`, "--format", "{{.Names}}"]);
  return list.split("\n").filter((name) => name !== "");
}

async function createHost(host: LabHost, { options, layout, media, keys }: HostPlan): Promise<void> {
  await docker(["create", ...createArgs(options, layout, host), media.image]);
  const ssh = await fs.mkdtemp(path.join(layout.files.directory, "ssh-"));
  try {
    await fs.writeFile(path.join(ssh, "authorized_keys"), `${keys.publicKey}\n`, { mode: 0o644 });
    await fs.copyFile(path.join(host.directory, "ssh_host_ed25519_key"), path.join(ssh, "ssh_host_ed25519_key"));
    await docker(["cp", `${ssh}/.`, `${host.container}:/etc/ssh/`]);
  } finally {
    await fs.rm(ssh, { recursive: true, force: true });
  }
}

/** What --privileged stands for, without asking for capabilities that the machine's root lacks. */
function createArgs(options: LabOptions, layout: LabLayout, host: LabHost): string[] {
  return [
    ...["--name", host.container, "--hostname", host.name, "--label", `${labLabel}=${options.name}`],
    ...["--network", layout.network, "--ip", host.address],
    ...boundingCapabilities().flatMap((capability) => ["--cap-add", capability]),
    ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((o) => ["--security-opt", o]),
    ...["--device-cgroup-rule", "a *:* rwm", "--cgroupns", "private", "--stop-signal", "SIGRTMIN+3"],
    ...["--tmpfs", "/run:rw,nosuid,nodev,mode=755", "--tmpfs", "/tmp:rw,nosuid,nodev,exec,mode=1777"],
    ...["--volume", "/var/lib/containerd", "--volume", "/var/lib/kubelet"],
    ...(existsSync("/lib/modules") ? ["--volume", "/lib/modules:/lib/modules:ro"] : []),
    ...["--env", "container=docker", "--env", `LAB_NAMESERVERS=${nameservers().join(" ")}`],
  ];
}

/** The machine's own name servers, without those that only the machine itself can reach. */
export function nameservers(): string[] {
  return readFileSync("/etc/resolv.conf", "utf8")
    .split("\n")
    .map((line) => /^nameserver\s+(\d[\d.]+)$/.exec(line.trim())?.[1])
    .filter((address): address is string => address !== undefined && !address.startsWith("127."));
}
