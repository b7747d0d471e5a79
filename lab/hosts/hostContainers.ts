import { existsSync, readFileSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as net from "node:net";
import * as path from "node:path";
import { boundingCapabilities } from "../machine/capabilities";
import { type CommandResult, lastLines, tryRun } from "../machine/command";
import { docker } from "../machine/docker";
import { LabError } from "../machine/errors";
import { pollUntil, sleep } from "../machine/interrupt";
import { type LabHost, type LabLayout, labLabel } from "../plan/layout";
import type { LabOptions } from "../plan/options";
import type { Report } from "../machine/progress";
import type { SshKeys } from "./sshKeys";

const startTimeoutSeconds = 90;

/** Makes the hosts that are missing, starts those that are stopped and waits until each is what it is to be. */
export async function ensureHosts(
  options: LabOptions,
  layout: LabLayout,
  image: string,
  keys: SshKeys,
  report: Report,
): Promise<void> {
  await removeSurplus(options, layout, report);
  report.working(`starting ${layout.hosts.map((host) => host.name).join(", ")}`);
  await allOf(layout.hosts, async (host) => {
    const state = await hostState(host);
    if (state === undefined) await createHost(options, layout, host, image, keys);
    if (state !== undefined && state !== "running") report.note(`${host.name}: was ${state}, starts again`);
    if (state !== "running") await docker(["start", host.container]);
    await waitUntilReady(host, layout);
  });
}

/** Does something for each host at once; throws the first failure after all have ended. */
async function allOf(hosts: LabHost[], body: (host: LabHost) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(hosts.map(body));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

/** Docker's word for the state of a host's container, undefined if there is none. */
export async function hostState(host: LabHost): Promise<string | undefined> {
  const seen = await tryRun("docker", ["container", "inspect", "--format", "{{.State.Status}}", host.container]);
  return seen.code === 0 ? seen.stdout.trim() : undefined;
}

/** Runs a shell command on a host, as root, without SSH. */
export async function execOnHost(container: string, command: string, input?: string): Promise<CommandResult> {
  return tryRun("docker", ["exec", ...(input === undefined ? [] : ["-i"]), container, "sh", "-c", command], { input });
}

/** Removes all hosts of a lab with their disks; also one that an interrupted run has asked for and Docker still makes. */
export async function removeHosts(lab: string): Promise<void> {
  for (let containers = await containersOf(lab); containers.length > 0; containers = await containersOf(lab)) {
    await docker(["rm", "--force", "--volumes", ...containers]);
    await sleep(300);
  }
}

async function containersOf(lab: string): Promise<string[]> {
  const list = await docker(["ps", "--all", "--filter", `label=${labLabel}=${lab}`, "--format", "{{.Names}}"]);
  return list.split("\n").filter((name) => name !== "");
}

async function removeSurplus(options: LabOptions, layout: LabLayout, report: Report): Promise<void> {
  const wanted = new Set(layout.hosts.map((host) => host.container));
  const surplus = (await containersOf(options.name)).filter((container) => !wanted.has(container));
  if (surplus.length === 0) return;
  await docker(["rm", "--force", "--volumes", ...surplus]);
  report.note(`removed ${surplus.join(", ")}: the lab is to have ${options.hosts} hosts`);
}

async function createHost(
  options: LabOptions,
  layout: LabLayout,
  host: LabHost,
  image: string,
  keys: SshKeys,
): Promise<void> {
  await docker(["create", ...createArgs(options, layout, host), image]);
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
function nameservers(): string[] {
  return readFileSync("/etc/resolv.conf", "utf8")
    .split("\n")
    .map((line) => /^nameserver\s+(\d[\d.]+)$/.exec(line.trim())?.[1])
    .filter((address): address is string => address !== undefined && !address.startsWith("127."));
}

async function waitUntilReady(host: LabHost, layout: LabLayout): Promise<void> {
  const services = "containerd.service lab-images.service ssh.service";
  const isReady = async () => {
    const active = await execOnHost(host.container, `systemctl is-active --quiet ${services}`);
    return active.code === 0 && (await sshAnswers(host.address)) ? true : undefined;
  };
  if (!(await pollUntil(isReady, startTimeoutSeconds, 300))) {
    const units = await execOnHost(host.container, `systemctl --no-pager status ${services} 2>&1 | tail -n 30`);
    throw new LabError(
      `${host.name}: not ready after ${startTimeoutSeconds} s\n${lastLines(units.stdout + units.stderr, 30)}`,
      `look around with \`docker exec -it ${host.container} bash\`; \`lab down\` removes it`,
    );
  }
  const probe = `curl --silent --insecure --max-time 10 --output /dev/null ${layout.endpoint}/readyz`;
  if ((await execOnHost(host.container, probe)).code !== 0) {
    throw new LabError(
      `${host.name}: cannot reach the API server at ${layout.endpoint}`,
      `let ${layout.bridge} through the machine's firewall (nft list ruleset, iptables-save)`,
    );
  }
}

/** Whether an SSH server greets at that address. */
async function sshAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port: 22, timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("data", (data) => end(data.toString().startsWith("SSH-2.0")));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
    socket.on("close", () => resolve(false));
  });
}
