import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { remote, types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { shellQuote } from "../../base/shellQuote";
import type { HostPlan, PlanFile, PlanService } from "../plan";

// What one writes with @pulumi/command alone: a command for the files of a service, one for those that are secret, a copy of each
// binary, and a command that starts the service and runs again when what it reads has changed.

interface Plan {
  privateKeyFile: string;
  hosts: HostPlan[];
}

const { privateKeyFile, hosts } = JSON.parse(readFileSync(process.env["BENCH_PLAN"] ?? "", "utf8")) as Plan;
const privateKey = pulumi.secret(readFileSync(privateKeyFile, "utf8"));
const quiet = { logging: remote.Logging.None, addPreviousOutputInEnv: false };
const words = (list: string[]): string => list.map(shellQuote).join(" ");

/** A script that writes files, for the standard input of a shell. */
function writeFiles(files: PlanFile[]): string {
  return files
    .map(({ path, mode, source }) => {
      const content = readFileSync(source).toString("base64");
      return `install -D -m ${mode} /dev/null ${shellQuote(path)} && echo ${content} | base64 -d >${shellQuote(path)} || exit 1\n`;
    })
    .join("");
}

function digest(files: PlanFile[]): string {
  const hash = createHash("sha256");
  for (const { path, source } of files) hash.update(path).update(readFileSync(source));
  return hash.digest("hex").slice(0, 16);
}

/** One host and the connection to it. */
class Host {
  constructor(private readonly plan: HostPlan) {
    const prepare = this.prepare();
    let started: pulumi.Resource[] = [prepare];
    for (const service of plan.services) {
      const put = this.put(service, prepare);
      started = [...started, ...put, ...this.start(service, [...started, ...put])];
    }
  }

  private get connection(): types.input.remote.ConnectionArgs {
    const { address, port, hostKey } = this.plan;
    return { host: address, port, privateKey, hostKey };
  }

  private command(step: string, given: Partial<remote.CommandArgs>, dependsOn: pulumi.Resource[]): remote.Command {
    const inputs = { connection: this.connection, ...quiet, ...given };
    return new remote.Command(`${this.plan.name}-${step}`, inputs, { dependsOn });
  }

  private prepare(): remote.Command {
    const { modules, sysctls, services } = this.plan;
    const directories = services.flatMap((service) => [
      ...service.directories,
      ...service.binaries.map(({ path }) => dirname(path)),
    ]);
    const set = Object.entries(sysctls).map(([key, value]) => `sysctl -qw ${shellQuote(`${key}=${value}`)}\n`);
    const load = modules.map((module) => `modprobe ${shellQuote(module)} 2>/dev/null\n`);
    const stdin = `mkdir -p ${words([...new Set(directories)])}\n${load.join("")}${set.join("")}true\n`;
    return this.command("prepare", { create: "sh -s", stdin }, []);
  }

  /** What the service needs on the host. */
  private put({ name, files, binaries, archive }: PlanService, prepare: pulumi.Resource): pulumi.Resource[] {
    const write = (step: string, list: PlanFile[], stdin: pulumi.Input<string>): remote.Command[] =>
      list.length === 0 ? [] : [this.command(step, { create: "sh -s", stdin, delete: removal(list) }, [prepare])];
    const open = files.filter(({ secret }) => !secret);
    const secrets = files.filter(({ secret }) => secret);
    const copies = archive === undefined ? binaries : [executable(`/var/tmp/${name}.tgz`, archive.source)];
    return [
      ...write(`${name}-files`, open, writeFiles(open)),
      ...write(`${name}-secrets`, secrets, pulumi.secret(writeFiles(secrets))),
      ...copies.map(({ path, source }) => this.copy(name, path, source, prepare)),
    ];
  }

  private copy(name: string, remotePath: string, file: string, prepare: pulumi.Resource): remote.CopyToRemote {
    const inputs = { connection: this.connection, source: new pulumi.asset.FileAsset(file), remotePath };
    return new remote.CopyToRemote(`${this.plan.name}-${name}-binary`, inputs, { dependsOn: [prepare] });
  }

  /** The last step of a service; a remote.Command runs again when its text is another. */
  private start({ name, unit, files, binaries, archive }: PlanService, after: pulumi.Resource[]): pulumi.Resource[] {
    if (archive !== undefined) {
      const place = `/var/tmp/${name}.tgz`;
      const create = `tar -xzf ${place} -C ${shellQuote(archive.directory)} ${words(archive.members)} && rm -f ${place}`;
      return [this.command(`${name}-unpack`, { create, delete: removal(binaries) }, after)];
    }
    if (unit === undefined) return [];
    const executables = binaries.length === 0 ? "" : `chmod 755 ${words(binaries.map(({ path }) => path))} && `;
    const begin = `systemctl daemon-reload && systemctl enable ${unit} && systemctl restart ${unit}`;
    const create = `${executables}${begin} # reads ${digest(files.filter(({ restart }) => restart))}`;
    const isOurs = files.some(({ path }) => path.endsWith(`/${unit}`));
    const end = isOurs ? { delete: `systemctl disable --now ${unit}; ${removal(binaries)}` } : {};
    return [this.command(`${name}-start`, { create, ...end }, after)];
  }
}

const removal = (list: PlanFile[]): string => `rm -f ${words(list.map(({ path }) => path))}`;
const executable = (path: string, source: string): Pick<PlanFile, "path" | "source"> => ({ path, source });

for (const plan of hosts) new Host(plan);
