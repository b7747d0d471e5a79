import { hasCommand, run, tryRun } from "../machine/command";
import { docker } from "../machine/docker";
import { type LabLayout, directoryLabel, labLabel } from "../plan/layout";
import { refuseForeignLab } from "./foreignLab";
import type { LabOptions } from "../plan/options";
import { raiseSysctl } from "../machine/sysctl";

/** A host runs systemd, containerd and a kubelet, which take about 15 inotify instances of root's 128, which all labs share. */
const inotifyInstances = 8192;

/** Makes the bridge between the machine and the hosts, and makes the machine the router between the hosts' pods. */
export async function ensureNetwork(options: LabOptions, layout: LabLayout): Promise<void> {
  await ensureBridge(options, layout);
  await run("nft", ["-f", "-"], { input: nftablesRules(options, layout) });
  await admitThroughFirewall(layout);
}

/**
 * Lets the machine forward packets and watch enough files. To be called before a Docker
 * daemon is started, which turns forwarding on by itself and never off.
 */
export async function raiseLimits(options: LabOptions): Promise<void> {
  await raiseSysctl(options.name, "net.ipv4.ip_forward", 1);
  await raiseSysctl(options.name, "fs.inotify.max_user_instances", inotifyInstances);
}

/** Removes the network and its rules. */
export async function removeNetwork(networkName: string, bridge: string): Promise<void> {
  if (await hasCommand("nft")) await tryRun("nft", ["delete", "table", "ip", networkName]);
  await removeFromFirewall(networkName);
  await tryRun("ip", ["route", "flush", "dev", bridge, "proto", routeProtocol]);
  for (const tap of await tapsOf(bridge)) await run("ip", ["link", "delete", "dev", tap]);
  if ((await tryRun("docker", ["network", "inspect", networkName])).code === 0) {
    await docker(["network", "rm", networkName]);
  }
}

/** Network cards of virtual machines on a bridge; they stay when those have ended. */
async function tapsOf(bridge: string): Promise<string[]> {
  const list = await tryRun("ip", ["-json", "link", "show", "master", bridge, "type", "tun"]);
  return list.code === 0 && list.stdout.trim() !== ""
    ? (JSON.parse(list.stdout) as { ifname?: string }[]).flatMap(({ ifname }) => ifname ?? [])
    : [];
}

/** Marks the routes that are the lab's (ip-route(8), "protocol"); any number that no routing daemon has. */
export const routeProtocol = "231";

async function ensureBridge(options: LabOptions, layout: LabLayout): Promise<void> {
  await refuseForeignLab(layout);
  const seen = await tryRun("docker", ["network", "inspect", layout.network]);
  if (seen.code === 0) return;
  await docker([
    ...["network", "create", "--driver", "bridge", "--subnet", options.subnet, "--gateway", layout.gateway],
    ...["--opt", `com.docker.network.bridge.name=${layout.bridge}`],
    // Docker's own rule would not cover the pods' addresses; ours covers both.
    ...["--opt", "com.docker.network.bridge.enable_ip_masquerade=false"],
    ...["--label", `${labLabel}=${options.name}`, "--label", `${directoryLabel}=${layout.files.directory}`],
    layout.network,
  ]);
}

/**
 * The lab's own nftables table, replaced as a whole: what hosts and pods send beyond the lab leaves under the machine's
 * address, and the machine does not tell hosts to bypass it as a router.
 */
export function nftablesRules(options: LabOptions, layout: LabLayout): string {
  const table = `table ip ${layout.network}`;
  return `${table}
delete ${table}
${table} {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr { ${options.subnet}, ${options.clusterCIDR} } oifname != "${layout.bridge}" masquerade
  }
  chain output {
    type filter hook output priority filter;
    oifname "${layout.bridge}" icmp type redirect drop
  }
}
`;
}

/** Where the machine's firewall (Docker's own included) drops by default, the lab's bridge is let through. */
async function admitThroughFirewall(layout: LabLayout): Promise<void> {
  if (!(await hasCommand("iptables"))) return;
  for (const [chain, direction] of [
    ["FORWARD", "--in-interface"],
    ["FORWARD", "--out-interface"],
    ["INPUT", "--in-interface"],
  ] as const) {
    const rules = await tryRun("iptables", ["--list-rules", chain]);
    if (!rules.stdout.startsWith(`-P ${chain} DROP`)) continue;
    const rule = [direction, layout.bridge, "--match", "comment", "--comment", layout.network, "--jump", "ACCEPT"];
    const there = await tryRun("iptables", ["--check", chain, ...rule]);
    if (there.code !== 0) await run("iptables", ["--insert", chain, "1", ...rule]);
  }
}

async function removeFromFirewall(networkName: string): Promise<void> {
  if (!(await hasCommand("iptables"))) return;
  for (const chain of ["FORWARD", "INPUT"]) {
    const rules = await tryRun("iptables", ["--list-rules", chain]);
    for (const line of rules.stdout.split("\n")) {
      const words = line.replaceAll('"', "").split(" ");
      if (words[0] !== "-A" || words[words.indexOf("--comment") + 1] !== networkName) continue;
      await run("iptables", ["--delete", ...words.slice(1)]);
    }
  }
}
