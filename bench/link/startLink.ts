import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import type { Lab } from "../../lab/lab";
import { LabError } from "../../lab/machine/errors";
import type { BenchHost } from "../benchHost";
import type { Link } from "../options";
import type { ProxyPlan } from "./proxy";

/** A process that stands between the tools and the hosts. */
export interface RunningLink {
  stop(): void;
}

/** Starts the proxies of a link, one listening address for each host. @throws LabError with what the process said. */
export async function startLink(lab: Lab, hosts: BenchHost[], link: Link): Promise<RunningLink> {
  const addresses = new Map(lab.hosts.map(({ name, address }) => [name, address]));
  const plan: ProxyPlan = {
    link,
    passages: hosts.map(({ name, address, port }) => ({
      listen: { address, port },
      target: { address: addresses.get(name) ?? "", port: 22 },
    })),
  };
  const child = spawn(process.execPath, [path.join(__dirname, "proxy.js")], { stdio: "pipe", detached: true });
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${JSON.stringify(plan)}\n`);
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await Promise.race([once(child.stdout, "data"), endOf(child)]);
  if (child.exitCode === null) return { stop: () => void child.stdin.end() };
  throw new LabError(`the link's proxies did not start: ${said.trim()}`, "end another benchmark with --link");
}

async function endOf(child: ChildProcess): Promise<void> {
  await once(child, "close");
}
