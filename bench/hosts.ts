import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { kubectl } from "../lab/hosts/workload";
import type { Lab } from "../lab/lab";
import { LabError } from "../lab/machine/errors";
import { projectDirectory } from "../lab/machine/directories";

/** sshd logs each session's command at this level only. */
const logDropIn = "/etc/ssh/sshd_config.d/bench.conf";

/** Makes these hosts bare again, and takes their Nodes and certificate requests out of the cluster. */
export async function clearHosts(lab: Lab, names: string[]): Promise<void> {
  const script = await readFile(path.join(projectDirectory(), "bench", "scripts", "clearHost.sh"), "utf8");
  await Promise.all(names.map((name) => onHost(lab, name, "sh -s", script)));
  const client = { command: lab.kubectlPath, kubeconfigPath: lab.kubeconfigPath };
  await kubectl(client, ["delete", "nodes", "--ignore-not-found", ...names]);
  await kubectl(client, ["delete", "certificatesigningrequests", "--all"]);
}

/** Hosts are made bare: those that somebody uses are left alone. @throws LabError naming the Nodes. */
export async function refuseOthersNodes(lab: Lab): Promise<void> {
  const client = { command: lab.kubectlPath, kubeconfigPath: lab.kubeconfigPath };
  const nodes = (await kubectl(client, ["get", "nodes", "-o", "name"])).trim();
  if (nodes === "") return;
  const fix = "destroy the stack that made them, or give another --name and --subnet";
  throw new LabError(`the lab "${lab.name}" has Nodes: ${nodes.replaceAll("\n", ", ")}`, fix);
}

/** Has each sshd log the commands that it is asked for, or no longer. */
export async function logCommands(lab: Lab, on: boolean): Promise<void> {
  const write = on ? `echo "LogLevel VERBOSE" >${logDropIn}` : `rm -f ${logDropIn}`;
  await Promise.all(lab.hosts.map(({ name }) => onHost(lab, name, `${write} && systemctl reload ssh.service`)));
}

/** What a host has done so far. */
export interface HostCount {
  /** Commands and SFTP sessions that its sshd was asked for. */
  commands: number;
  /** Of all its processes, those that have ended too. */
  cpuSeconds: number;
}

/** cgroup v1 counts nanoseconds, cgroup v2 microseconds. */
const count = `
journalctl -u ssh.service -o cat --no-pager | grep -c 'Starting session:'
cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || awk '$1 == "usage_usec" { print $2 * 1000 }' /sys/fs/cgroup/cpu.stat
`;

/** Host -> what it has done. */
export async function countOnHosts(lab: Lab): Promise<Record<string, HostCount>> {
  const counted = lab.hosts.map(async ({ name }) => {
    const [commands, nanoseconds] = (await onHost(lab, name, count)).trim().split("\n").map(Number);
    return [name, { commands: commands ?? NaN, cpuSeconds: (nanoseconds ?? NaN) / 1e9 }] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}

async function onHost(lab: Lab, host: string, command: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(host, command, input);
  if (code === 0) return stdout;
  throw new LabError(
    `${host}: ${command} failed: ${stderr.trim()}`,
    `look with \`lab ssh --name ${lab.name} ${host}\``,
  );
}
