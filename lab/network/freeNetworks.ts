import * as ipaddr from "ipaddr.js";
import { run } from "../machine/command";
import { LabError } from "../machine/errors";
import type { LabLayout } from "../plan/layout";
import type { LabOptions } from "../plan/options";

/** The lab's networks must be nobody else's on this machine. */
export async function checkRoutes(options: LabOptions, layout: LabLayout): Promise<void> {
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
