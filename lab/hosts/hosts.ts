import * as net from "node:net";
import { type CommandResult, lastLines } from "../machine/command";
import { LabError } from "../machine/errors";
import { pollUntil } from "../machine/interrupt";
import type { Report } from "../machine/progress";
import type { LabHost, LabLayout } from "../plan/layout";
import { hostContainers } from "./hostContainers";
import type { HostDriver, HostPlan } from "./hostDriver";
import { virtualMachines } from "./virtualMachines";

/** An emulated processor takes half a minute to boot, and longer where others work too. */
const startTimeoutSeconds = { container: 90, vm: 300 };

function driverOf({ vm }: LabHost): HostDriver {
  return vm === undefined ? hostContainers : virtualMachines;
}

/** Makes the hosts that are missing, starts those that are stopped and waits until each is what it is to be. */
export async function ensureHosts(plan: HostPlan, report: Report): Promise<void> {
  const { layout, options } = plan;
  for (const driver of [hostContainers, virtualMachines]) {
    const removed = await driver.removeOthers(layout, options);
    if (removed.length > 0) report.note(`removed ${removed.join(", ")}: the lab is to have other hosts`);
  }
  report.working(`starting ${layout.hosts.map((host) => host.name).join(", ")}`);
  await allOf(layout.hosts, async (host) => {
    const state = await hostState(host);
    if (state !== undefined && state !== "running") report.note(`${host.name}: was ${state}, starts again`);
    if (state !== "running") await driverOf(host).start(host, plan);
    await waitUntilReady(host, layout);
  });
}

/** Does something for each host at once; throws the first failure after all have ended. */
async function allOf(hosts: LabHost[], body: (host: LabHost) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(hosts.map(body));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

/** A word for the state of a host, "running" where it runs; undefined if there is none. */
export function hostState(host: LabHost): Promise<string | undefined> {
  return driverOf(host).state(host);
}

/** Runs a shell command on a host, as root; without SSH where the host is a container. */
export function execOnHost(host: LabHost, command: string, input?: string): Promise<CommandResult> {
  return driverOf(host).exec(host, command, input);
}

async function waitUntilReady(host: LabHost, layout: LabLayout): Promise<void> {
  const services = "containerd.service lab-images.service ssh.service";
  const isReady = async () => {
    if (!(await sshAnswers(host.address))) return undefined;
    return (await execOnHost(host, `systemctl is-active --quiet ${services}`)).code === 0 ? true : undefined;
  };
  const seconds = startTimeoutSeconds[host.vm === undefined ? "container" : "vm"];
  if (!(await pollUntil(isReady, seconds, 300))) {
    const units = await execOnHost(host, `systemctl --no-pager status ${services} 2>&1 | tail -n 30`);
    throw new LabError(
      `${host.name}: not ready after ${seconds} s\n${lastLines(units.stdout + units.stderr, 30)}`,
      `look around with \`${driverOf(host).wayIn(host)}\`; \`lab down\` removes it`,
    );
  }
  const probe = `curl --silent --insecure --max-time 10 --output /dev/null ${layout.endpoint}/readyz`;
  if ((await execOnHost(host, probe)).code !== 0) {
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
