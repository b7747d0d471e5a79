import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { arches } from "../../base/arch";
import { defaultKubernetesVersion, kubernetesVersionErrors } from "../../base/kubernetesVersion";
import { errorsMessage } from "../../base/rules/finding";
import { messageOf } from "../../base/errorMessage";
import { parseSettings } from "../../settings/parseSettings";
import { readArguments, UsageError } from "../arguments";
import { checksumsOf, publishedChecksums } from "./checksums";
import { askCluster, type ClusterFacts } from "./clusterFacts";
import { parseHost, withHostKeys } from "./hosts";
import { findKubeconfig, readKubeconfig } from "./kubeconfig";
import { initHelp, initOptions } from "./options";
import { openStack, readProject, writeSettings } from "./stackFile";
import { openTerminal, type Terminal } from "./terminal";

type Values = ReturnType<typeof optionsOf>["values"];

function optionsOf(args: string[]) {
  return readArguments(args, initOptions, "kubernetes-worker-nodes init --help lists the options");
}

/** Settings as they were found. */
interface Found {
  plain: Record<string, unknown>;
  secrets: Record<string, string>;
}

/** Finds what a stack needs, asks for the rest, and writes the stack's file once nothing is wrong. @returns what to print */
export async function initCommand(args: string[]): Promise<string> {
  const { values, positionals } = optionsOf(args);
  if (values.help) return initHelp;
  if (positionals.length > 0) throw new UsageError(`${positionals.join(" ")}: is no option; init --help lists them`);
  const project = readProject(process.cwd());
  const terminal = openTerminal(process.stdin.isTTY === true && process.stderr.isTTY === true && !values.yes);
  const stack = values.stack ?? (await terminal.ask("name of the stack", "--stack NAME"));
  const found: Found = { plain: {}, secrets: {} };
  const version = await findCluster(values, found, terminal);
  await findCredentials(values, found, terminal);
  const hosts = await askHosts(values, terminal);
  terminal.finish();
  found.plain["hosts"] = await withHostKeys(
    hosts,
    { knownHosts: values["known-hosts"], accept: values["accept-host-keys"] ?? false },
    terminal,
  );
  await findBinaries(values, version, found, terminal, project.folder);
  const { errors } = parseSettings({ ...found.plain, ...found.secrets });
  if (errors.length > 0) throw new UsageError(`${errorsMessage("in what was found", errors)}\n\nNothing was written.`);
  return write(project, stack, found, terminal);
}

async function write(
  project: ReturnType<typeof readProject>,
  stack: string,
  found: Found,
  terminal: Terminal,
): Promise<string> {
  const present = await openStack(project, stack);
  // A version that is a default is set all the same: the checksums are of that release.
  const isNew = ([key]: [string, unknown]): boolean => !present.has(key) || key === "kubernetesVersion";
  const kept = Object.keys({ ...found.plain, ...found.secrets }).filter((key) => !isNew([key, undefined]));
  if (kept.length > 0) terminal.say(`left as they are in the stack: ${kept.join(", ")}`);
  const plain = Object.fromEntries(Object.entries(found.plain).filter(isNew));
  if (present.has("kubernetesVersion") && present.has("binaries")) delete plain["kubernetesVersion"];
  const secrets = Object.fromEntries(Object.entries(found.secrets).filter(isNew));
  const file = await writeSettings(project, stack, plain, secrets);
  return `${file} is written. Next:\n\n  pulumi preview --stack ${stack}\n  pulumi up --continue-on-error --stack ${stack}\n`;
}

async function findCluster(values: Values, { plain, secrets }: Found, terminal: Terminal): Promise<string> {
  const file =
    values.kubeconfig ?? findKubeconfig() ?? (await terminal.ask("file of an admin kubeconfig", "--kubeconfig FILE"));
  if (file === "") return defaultKubernetesVersion;
  const { kubeconfig, server, caCertPem } = readKubeconfig(file);
  secrets["kubeconfig"] = kubeconfig;
  plain["apiServerEndpoint"] = values.endpoint ?? server;
  plain["caCertPem"] = values["ca-cert"] === undefined ? caCertPem : textOf(values["ca-cert"], "--ca-cert");
  terminal.say(
    `kubeconfig: ${file}\napiServerEndpoint: ${String(plain["apiServerEndpoint"])}, ${values.endpoint === undefined ? "as in the kubeconfig (--endpoint, if hosts reach it otherwise)" : "as given"}`,
  );
  const facts = await factsOf(kubeconfig, terminal);
  plain["clusterDNS"] =
    values["cluster-dns"]?.split(",") ??
    facts.clusterDNS ??
    (await terminal.ask("address of the cluster's DNS Service", "--cluster-dns ADDRESS")).split(",");
  plain["clusterCIDR"] =
    values["cluster-cidr"] ??
    facts.clusterCIDR ??
    (await terminal.ask("range of all pods, as kube-controller-manager's --cluster-cidr", "--cluster-cidr RANGE"));
  if (facts.clusterDomain !== undefined) plain["clusterDomain"] = facts.clusterDomain;
  const isKnown = facts.version !== undefined && kubernetesVersionErrors(facts.version).length === 0;
  const version = values["kubernetes-version"] ?? (isKnown ? facts.version : undefined) ?? defaultKubernetesVersion;
  plain["kubernetesVersion"] = version;
  terminal.say(
    `clusterDNS: ${String(plain["clusterDNS"])}; clusterCIDR: ${String(plain["clusterCIDR"])}; kubernetesVersion: ${version}`,
  );
  return version;
}

async function factsOf(kubeconfig: string, terminal: Terminal): Promise<ClusterFacts> {
  try {
    return await askCluster(kubeconfig);
  } catch (error) {
    terminal.say(
      `the API server does not answer, so it is not asked for its version, DNS and ranges: ${messageOf(error)}`,
    );
    return {};
  }
}

async function findCredentials(values: Values, { plain, secrets }: Found, terminal: Terminal): Promise<void> {
  const kubeadm = "/etc/kubernetes/pki/ca.key";
  const caKey =
    values["ca-key"] ??
    (existsSync(kubeadm)
      ? kubeadm
      : await terminal.ask("file of the CA's private key, which signs kube-proxy's certificate", "--ca-key FILE"));
  if (caKey !== "") secrets["caPrivateKeyPem"] = textOf(caKey, "--ca-key");
  secrets["bootstrapToken"] = makeToken();
  terminal.say(`caPrivateKeyPem: ${caKey || "not found"}\nbootstrapToken: made, and known to nobody`);
  if (values.user !== undefined) plain["sshUser"] = values.user;
  const own = join(homedir(), ".ssh/id_ed25519");
  const hasAgent = (process.env["SSH_AUTH_SOCK"] ?? "") !== "";
  const sshKey = values["ssh-key"] ?? (!hasAgent && existsSync(own) ? own : undefined);
  if (sshKey !== undefined) secrets["sshPrivateKey"] = textOf(sshKey, "--ssh-key");
  terminal.say(
    `SSH: ${sshKey ?? (hasAgent ? "the agent that runs where `up` does" : "no key and no agent was found (--ssh-key FILE)")}`,
  );
}

/** As kubeadm makes one. */
function makeToken(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const random = (length: number): string => Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
  return `${random(6)}.${random(16)}`;
}

async function askHosts(values: Values, terminal: Terminal): Promise<ReturnType<typeof parseHost>[]> {
  const given =
    values.host ??
    (await terminal.ask("hosts, as NAME=ADDRESS, with blanks between", "--host NAME=ADDRESS")).split(/\s+/);
  const arch = arches.find((known) => known === (values.arch ?? "amd64"));
  if (arch === undefined) throw new UsageError(`--arch ${values.arch}: is not ${arches.join(" or ")}`);
  const hosts = given.filter((text) => text !== "").map(parseHost);
  return arch === "amd64" ? hosts : hosts.map((host) => ({ ...host, arch }));
}

async function findBinaries(
  values: Values,
  version: string,
  { plain }: Found,
  terminal: Terminal,
  project: string,
): Promise<void> {
  const arch = values.arch === "arm64" ? "arm64" : "amd64";
  const { binaries } = values;
  const checksums =
    binaries === undefined ? await publishedChecksums(version, arch) : await checksumsOf(resolve(binaries), project);
  plain["binaries"] = { [arch]: checksums };
  terminal.say(
    `binaries: ${arch}, checksums ${binaries === undefined ? `as the release ${version} publishes them` : `of the files in ${binaries}`}`,
  );
}

function textOf(file: string, option: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option} ${file}: ${messageOf(error)}`, { cause: error });
  }
}
