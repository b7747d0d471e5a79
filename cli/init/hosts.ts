import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fieldsOf } from "../../base/rules/finding";
import { scanHostKey, type SeenHostKey } from "../../host/scanHostKey";
import { knownHosts } from "../../settings/inventory/knownHosts";
import { UsageError } from "../arguments";
import type { Terminal } from "./terminal";

/** A host as the setting `hosts` has it. */
export interface FoundHost {
  name: string;
  address: string;
  port?: number;
  hostKey?: string;
}

/** @example parseHost("node-1=10.0.0.11:2222") */
export function parseHost(text: string): FoundHost {
  const [, name, bracketed, plain, port] = /^([^=\s]+)=(?:\[([^\]]+)\]|([^:\s]+))(?::(\d+))?$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  if (name === undefined || address === undefined)
    throw new UsageError(`--host ${text}: is not NAME=ADDRESS or NAME=ADDRESS:PORT, e.g. node-1=10.0.0.11`);
  return { name, address, ...(port !== undefined && { port: Number(port) }) };
}

/** Where keys are looked up before a host is asked. */
export interface KeyOptions {
  knownHosts?: string;
  /** True where keys are taken as they are seen. */
  accept: boolean;
}

/** The hosts with their keys: of known_hosts, or as the hosts show them and a person has confirmed. */
export async function withHostKeys(hosts: FoundHost[], options: KeyOptions, terminal: Terminal): Promise<FoundHost[]> {
  const file = options.knownHosts ?? join(homedir(), ".ssh/known_hosts");
  if (options.knownHosts !== undefined && !existsSync(file))
    throw new UsageError(`--known-hosts ${file}: is not there`);
  const known = knownHosts(existsSync(file) ? readFileSync(file, "utf8") : "");
  const scans = await Promise.allSettled(
    hosts.map(async (host): Promise<FoundHost & { seen?: SeenHostKey }> => {
      const hostKey = host.hostKey ?? known(host.address, host.port ?? 22);
      return hostKey === undefined
        ? { ...host, seen: await scanHostKey(host.address, host.port ?? 22) }
        : { ...host, hostKey };
    }),
  );
  const failed = scans.flatMap((scan) => (scan.status === "rejected" ? [reasonOf(scan.reason)] : []));
  if (failed.length > 0)
    throw new UsageError(
      `hosts that show no key:\n${failed.map((line) => `  ${line}`).join("\n")}\n\nNothing was written.`,
    );
  const found = scans.flatMap((scan) => (scan.status === "fulfilled" ? [scan.value] : []));
  found.filter(({ seen }) => seen === undefined).forEach(({ name }) => terminal.say(`${name}: host key as in ${file}`));
  const fresh = found.filter(({ seen }) => seen !== undefined);
  if (fresh.length > 0 && !(await agreed(fresh, options, terminal))) terminal.finish();
  return found.map(({ seen, ...host }) => (seen === undefined ? host : { ...host, hostKey: seen.hostKey }));
}

async function agreed(
  fresh: (FoundHost & { seen?: SeenHostKey })[],
  { accept }: KeyOptions,
  terminal: Terminal,
): Promise<boolean> {
  terminal.say("\nHost keys as the hosts show them, for which nobody has vouched yet:");
  fresh.forEach(({ name, address, seen }) => {
    const kind = String(fieldsOf(seen)["hostKey"]).split(" ")[0];
    terminal.say(`  ${name.padEnd(20)} ${address.padEnd(16)} ${kind} ${seen?.fingerprint}`);
  });
  terminal.say("On a host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub prints its own.\n");
  if (accept) {
    terminal.say("taken as they are (--accept-host-keys)");
    return true;
  }
  if (await terminal.confirm("Are these the hosts' own?", "--accept-host-keys or --known-hosts FILE")) return true;
  terminal.finish();
  throw new UsageError("the host keys were not confirmed. Nothing was written.");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
