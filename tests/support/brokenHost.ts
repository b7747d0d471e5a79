import { run } from "../../lab/machine/command";
import type { Lab } from "../../lab/lab";

/**
 * Makes a host of the lab unreachable the way a dead machine is: its cable is pulled, so nothing answers at its address,
 * neither SSH nor its kubelet, and no connection is refused.
 */
export async function breakHost(lab: Lab, host: string): Promise<void> {
  await run("ip", ["link", "set", await cableOf(lab, host), "down"]);
}

/** Plugs the cable in again; does nothing to a host that has it. */
export async function mendHost(lab: Lab, host: string): Promise<void> {
  await run("ip", ["link", "set", await cableOf(lab, host), "up"]);
}

/** The machine's end of the pair of interfaces whose other end is the host's eth0. */
async function cableOf(lab: Lab, host: string): Promise<string> {
  const { stdout } = await lab.exec(host, "cat /sys/class/net/eth0/iflink");
  const links = JSON.parse(await run("ip", ["-json", "link", "show"])) as { ifindex: number; ifname: string }[];
  const cable = links.find(({ ifindex }) => ifindex === Number(stdout));
  if (cable === undefined) throw new Error(`${host}: no interface of this machine leads to it`);
  return cable.ifname;
}
