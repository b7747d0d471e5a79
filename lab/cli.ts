#!/usr/bin/env node
import { spawn } from "node:child_process";
import * as path from "node:path";
import { Command } from "commander";
import { projectDirectory } from "./machine/directories";
import { messageOf } from "../base/errorMessage";
import { InterruptedError, LabError } from "./machine/errors";
import { exists } from "./machine/files";
import { kubectlEnvironment } from "./hosts/workload";
import { type Lab, labDown, labUp, openLab } from "./lab";
import { filesOf, labDirectory } from "./plan/layout";
import { shellQuote } from "../base/shellQuote";
import { handleSignals } from "./machine/signals";
import { type DebianRelease, debianReleases, defaultSubnet } from "./plan/options";
import { pulumiEnvironment } from "./pulumi/environment";
import { labStatus } from "./status";
import { versions } from "./binaries/versions";

interface UpFlags {
  name: string;
  hosts?: string;
  vmHosts?: string;
  flannel?: boolean;
  debian?: string;
  apiServers?: string;
  kubernetesVersion?: string;
  olderKubernetesVersion?: string;
  subnet?: string;
  clusterCidr?: string;
  binaries?: string;
}

const nameOption = ["--name <name>", "name of the lab", "lab"] as const;

function commands(): Command {
  const program = new Command("lab")
    .description("A throwaway Kubernetes cluster on this machine")
    .enablePositionalOptions();
  program
    .command("up")
    .description("make the lab, or complete the one that is there")
    .option(...nameOption)
    .option("--hosts <number>", "number of hosts that are containers (default: 2)")
    .option("--vm-hosts <number>", "number of hosts beside these that are virtual machines (default: 0)")
    .option("--flannel", "have flannel's binaries too, for cniMode flannel")
    .option(
      "--debian <release>",
      `Debian that the hosts are, ${Object.keys(debianReleases).join(" or ")} (default: 12)`,
    )
    .option("--api-servers <number>", "number of API servers, on ports from 6443 on (default: 1)")
    .option("--kubernetes-version <version>", `Kubernetes release (default: ${versions.kubernetes})`)
    .option("--older-kubernetes-version <version>", "have kubelet and kube-proxy of that release too, for some hosts")
    .option("--subnet <cidr>", `network of the hosts, a /24 (default: ${defaultSubnet})`)
    .option("--cluster-cidr <cidr>", "network of the pods, a /16 (default: 10.2.0.0/16, another one on another subnet)")
    .option("--binaries <directory>", "folder with binaries to take before all other sources (or KWN_BINARIES)")
    .action(up);
  program
    .command("env")
    .description('print what a shell needs for calling pulumi by hand: eval "$(npm run --silent lab -- env)"')
    .option(...nameOption)
    .action(environment);
  program
    .command("status")
    .description("show every component")
    .option(...nameOption)
    .action(status);
  program
    .command("down")
    .description("remove the lab and all it made")
    .option(...nameOption)
    .action(down);
  passThrough(program.command("kubectl [args...]").description("kubectl as the lab's administrator")).action(kubectl);
  passThrough(program.command("ssh <host> [command...]").description("log in to a host as root")).action(ssh);
  program
    .command("logs <component>")
    .description("show a component's log: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, router")
    .option(...nameOption)
    .option("-f, --follow", "go on as the log grows")
    .action(logs);
  return program;
}

/** Options behind the first argument belong to the program that is called. */
function passThrough(command: Command): Command {
  return command
    .option(...nameOption)
    .passThroughOptions()
    .allowUnknownOption();
}

async function up(flags: UpFlags): Promise<void> {
  handleSignals();
  const started = Date.now();
  const lab = await labUp({
    name: flags.name,
    hosts: flags.hosts === undefined ? undefined : Number(flags.hosts),
    vmHosts: flags.vmHosts === undefined ? undefined : Number(flags.vmHosts),
    flannel: flags.flannel,
    debian: flags.debian as DebianRelease | undefined,
    apiServers: flags.apiServers === undefined ? undefined : Number(flags.apiServers),
    kubernetesVersion: flags.kubernetesVersion,
    olderKubernetesVersion: flags.olderKubernetesVersion,
    subnet: flags.subnet,
    clusterCIDR: flags.clusterCidr,
    binaries: flags.binaries ?? process.env.KWN_BINARIES,
  }).catch(async (error: unknown) => {
    if (!(error instanceof InterruptedError) && (await exists(labDirectory(projectDirectory(), flags.name)))) {
      console.error("What is made so far stays: `lab up` goes on from there, `lab down` removes it.");
    }
    throw error;
  });
  const relative = (file: string) => path.relative(process.cwd(), file) || ".";
  console.log(`\nThe lab "${lab.name}" is up after ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  for (const host of lab.hosts) console.log(`  ${host.name}  ${host.address}`);
  console.log(`  kubeconfig           ${relative(lab.kubeconfigPath)}`);
  console.log(`  stack configuration  ${relative(lab.files.stackConfig)}`);
  console.log(`  its passphrase       ${relative(lab.files.passphrase)}`);
  const which = lab.name === "lab" ? "" : ` --name ${lab.name}`;
  console.log(`\nnpm run pulumi --${which} ... calls the Pulumi CLI on it. To call pulumi by hand:`);
  printEnvironment(lab);
}

async function environment(flags: { name: string }): Promise<void> {
  printEnvironment(await openLab(flags.name));
}

/** Lines for a shell, by which `pulumi` is about the lab's stack. */
function printEnvironment(lab: Lab): void {
  console.log(`cd ${shellQuote(lab.files.pulumi)}`);
  for (const [name, value] of Object.entries(pulumiEnvironment(lab.files))) {
    if (value === undefined) {
      console.log(`unset ${name}`);
      continue;
    }
    // What the shell has on PATH stays there.
    const own = process.env.PATH ?? "";
    const shown =
      name === "PATH" && value.endsWith(own) ? `${shellQuote(value.slice(0, -own.length))}"$PATH"` : shellQuote(value);
    console.log(`export ${name}=${shown}`);
  }
}

async function down(flags: { name: string }): Promise<void> {
  handleSignals();
  await labDown(flags.name);
  console.log(`The lab "${flags.name}" is gone.`);
}

async function status(flags: { name: string }): Promise<void> {
  const components = await labStatus(flags.name);
  if (!components) {
    console.log(`There is no lab "${flags.name}".`);
    process.exitCode = 1;
    return;
  }
  const width = Math.max(...components.map((line) => line.component.length));
  for (const line of components) {
    console.log(`${line.component.padEnd(width)}  ${line.address.padEnd(26)}  ${line.state}`);
    if (line.state !== "running") process.exitCode = 1;
  }
}

async function kubectl(args: string[], flags: { name: string }): Promise<void> {
  const lab = await openLab(flags.name);
  await become(lab.kubectlPath, args, kubectlEnvironment(lab.kubeconfigPath));
}

async function ssh(hostName: string, command: string[], flags: { name: string }): Promise<void> {
  const lab = await openLab(flags.name);
  const host = lab.hosts.find((candidate) => candidate.name === hostName);
  if (!host) {
    throw new LabError(`host "${hostName}": the lab has none of that name`, lab.hosts.map((h) => h.name).join(" or "));
  }
  const options = ["IdentitiesOnly=yes", `UserKnownHostsFile=${lab.knownHostsPath}`, "StrictHostKeyChecking=yes"];
  const flagged = ["-F", "none", "-i", lab.sshKeyPath, ...options.flatMap((option) => ["-o", option])];
  await become("ssh", [...flagged, `root@${host.address}`, ...command], {});
}

async function logs(component: string, flags: { name: string; follow?: boolean }): Promise<void> {
  const file = path.join(filesOf(labDirectory(projectDirectory(), flags.name)).logs, `${component}.log`);
  if (!(await exists(file))) throw new LabError(`${file}: no such log`, "see `lab logs --help` for the components");
  await become(flags.follow ? "tail" : "cat", flags.follow ? ["-n", "50", "-f", file] : [file], {});
}

/** Runs a program on this terminal and ends as it ends. */
async function become(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  process.on("SIGINT", () => undefined); // the program has got it too, and decides
  const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", (error) => reject(new LabError(`${command}: ${error.message}`, `install ${command}`)));
    child.on("close", (code, signal) => resolve(code ?? (signal ? 130 : 1)));
  });
}

async function main(): Promise<void> {
  try {
    await commands().parseAsync();
  } catch (error) {
    if (error instanceof InterruptedError) {
      console.error(
        "interrupted: a lab begun by this run is removed, one that was there before is left for another `up`",
      );
      process.exitCode = 130;
    } else {
      console.error(`error: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }
}

void main();
