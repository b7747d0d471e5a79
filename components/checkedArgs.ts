import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { checkNodeVersion } from "../base/nodeVersion";
import {
  crossFindings,
  keyPairFindings,
  passphraseFindings,
  type CrossView,
  type HostView,
  type Placed,
} from "../base/rules/crossChecks";
import { fieldsOf, isBelow, listOf, valueAt, withValue, type Finding, type Path } from "../base/rules/finding";
import { kubeProxyModeFindings } from "../base/rules/kubeProxyModeRules";
import { versionOf } from "../base/rules/nameRules";
import { unknownKeyFindings } from "../base/rules/unknownKeys";
import { findingsOf } from "../base/rules/values";
import { overridesFindings } from "../render/overrideFindings";
import { argumentsError } from "./argumentErrors";
import { isJudgedWhole, mapLaters, mayBeLater, type Later } from "../base/rules/later";
import { withLaters } from "./withLaters";

type Arguments = Record<string, unknown>;

/** How a component's arguments are judged. */
export interface ArgumentRules {
  /** Kind and name. @example 'WorkerPool "rack-1"' */
  component: string;
  schema: z.ZodObject;
  /** What is wrong between values. */
  between: (args: Arguments) => Finding[];
  /** What is noted of the arguments that are right, and what is wrong with that. `index`: of this host of a pool only. */
  claim?: (args: Arguments, index?: number) => Finding[];
}

/**
 * The arguments with defaults filled in, in one spelling, and every rule checked: those of plain values now, all at once, those of
 * Outputs as soon as these are known. Nothing is registered before.
 *
 * @throws pulumi.RunError naming each argument that is wrong, or a Node.js that is too old
 */
export function checkedArguments<Checked>(rules: ArgumentRules, args: unknown): Checked {
  checkNodeVersion();
  const { value, laters } = withLaters(args, (path) => isJudgedWhole(rules.schema, path));
  const plain = fieldsOf(value);
  const isLater = (path: Path): boolean => laters.some((later) => isBelow(path, later.path));
  const misplaced = laters
    .filter(({ path }) => !mayBeLater(rules.schema, path))
    .map(({ path }): Finding => ({
      path,
      fault: "is an Output or a Promise, which is only known later; write the value itself",
      hidden: true,
    }));
  const { findings, data } = judge(rules, plain);
  const wrong = [...misplaced, ...findings.filter(({ path }) => !isLater(path))];
  const all = wrong.length > 0 ? wrong : (rules.claim?.(plain) ?? []);
  if (all.length > 0 || data === undefined) throw argumentsError(rules.component, all, plain);
  const known: Known = { args: plain, seen: plain, secrets: [], wrong: [] };
  return mapLaters(data, (later) => whenKnown(rules, known, later)) as Checked;
}

/** What is known of the arguments until now. */
interface Known {
  /** What is right of it. */
  args: Arguments;
  /** All of it, for messages. */
  seen: Arguments;
  /** Places of what is secret in it. */
  secrets: Path[];
  wrong: Finding[];
  /** What ends the run, once for all that is wrong. */
  end?: Promise<never>;
}

/** Milliseconds for which what is wrong waits for more: most Outputs of a program are known at about one time. */
const gathering = 50;

function judge(rules: ArgumentRules, args: Arguments): { findings: Finding[]; data?: Arguments } {
  const parsed = rules.schema.safeParse(args);
  const findings = [...unknownKeyFindings(rules.schema, args), ...findingsOf(parsed.error), ...rules.between(args)];
  return { findings, data: parsed.data };
}

/** The value of an Output, judged with all that was known before. */
function whenKnown(rules: ArgumentRules, known: Known, { path, given }: Later): pulumi.Output<unknown> {
  const output: pulumi.Output<unknown> = pulumi.output(given);
  return output.apply(async (value) => {
    if (await pulumi.isSecret(output)) known.secrets.push(path);
    known.seen = withValue(known.seen, path, value) as Arguments;
    const args = withValue(known.args, path, value) as Arguments;
    // One host is judged by itself: a pool has as many Outputs as hosts.
    const [key, index] = path;
    const ofHost = key === "hosts" && typeof index === "number" ? index : undefined;
    const { findings, data } = judgeOne(rules, args, ofHost ?? 0);
    const ofMachine = path.includes("connection") || path.at(-1) === "nodeIP";
    const taken = findings.length === 0 && ofMachine ? (rules.claim?.(args, ofHost) ?? []) : [];
    known.wrong.push(...findings, ...taken);
    if (known.wrong.length > 0 || data === undefined) return (known.end ??= endTogether(rules.component, known));
    known.args = args;
    return valueAt(data, ofHost === undefined ? path : ["hosts", 0, ...path.slice(2)]);
  });
}

async function endTogether(component: string, known: Known): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, gathering));
  const isSecret = (place: Path): boolean => known.secrets.some((hidden) => isBelow(place, hidden));
  throw argumentsError(component, known.wrong, known.seen, isSecret);
}

/** Judges the arguments with one host only, and says its place in the whole list. */
function judgeOne(rules: ArgumentRules, args: Arguments, index: number): { findings: Finding[]; data?: Arguments } {
  if (!Object.hasOwn(args, "hosts")) return judge(rules, args);
  const { findings, data } = judge(rules, { ...args, hosts: listOf(args["hosts"]).slice(index, index + 1) });
  const placed = findings.map((finding) => {
    const [key, at, ...rest] = finding.path;
    return key === "hosts" && at === 0 ? { ...finding, path: [key, index, ...rest] } : finding;
  });
  return { findings: placed, data };
}

/** What is compared in the arguments of a node or a pool. */
export function crossView(args: Arguments, binaries: CrossView["binaries"], hosts: HostView[]): CrossView {
  const cluster = fieldsOf(args["cluster"]);
  const placed = (key: string): Placed => ({ path: ["cluster", key], value: cluster[key] });
  return {
    kubernetesVersion: cluster["kubernetesVersion"],
    // Of a cluster that is missing as a whole more is not said.
    ...(args["cluster"] !== undefined && { apiServerEndpoint: placed("apiServerEndpoint") }),
    apiServers: placed("apiServers"),
    clusterCIDR: placed("clusterCIDR"),
    clusterDNS: placed("clusterDNS"),
    caCertPem: placed("caCertPem"),
    kubeconfig: placed("kubeconfig"),
    cniMode: args["cniMode"],
    flannelBackend: { path: ["flannelBackend"], value: args["flannelBackend"] },
    kubeProxyMode: args["kubeProxyMode"],
    binaries,
    hosts,
  };
}

/** What is compared of a host; `path` is empty for a node's own arguments. */
export function hostView(value: unknown, path: Path): HostView {
  const host = fieldsOf(value);
  const connection = fieldsOf(host["connection"]);
  const ofConnection = (key: string): Placed => ({ path: [...path, "connection", key], value: connection[key] });
  return {
    path,
    name: { path: [...path, "nodeName"], value: host["nodeName"] },
    address: ofConnection("host"),
    port: connection["port"],
    hostKey: ofConnection("hostKey"),
    nodeIP: { path: [...path, "nodeIP"], value: host["nodeIP"] },
    arch: host["arch"],
  };
}

/** What is wrong between the values of a node or a pool. */
export function nodeFindings(args: Arguments, view: CrossView): Finding[] {
  const { kubeProxyConfiguration, kubeletConfiguration, containerdConfiguration } = mapLaters(
    args,
    () => undefined,
  ) as Arguments;
  const passphrases = view.hosts.flatMap(({ path }) => {
    const at = (key: string): Placed => ({
      path: [...path, "connection", key],
      value: valueAt(args, [...path, "connection", key]),
    });
    return passphraseFindings(at("privateKey"), at("privateKeyPassword"), "set it, or use an agent");
  });
  const { kubernetesVersion } = view;
  return [
    ...crossFindings(view),
    ...passphrases,
    ...kubeProxyModeFindings({
      kubernetesVersion: versionOf(kubernetesVersion),
      kubeProxyMode: view.kubeProxyMode,
      kubeProxyConfiguration,
    }),
    ...overridesFindings({ kubernetesVersion, kubeProxyConfiguration, kubeletConfiguration, containerdConfiguration }),
  ];
}

/** With what flannel speaks to the API server: not all parts of a node need it. */
export function flannelCertificateFindings(args: Arguments): Finding[] {
  const path = ["cluster", "flannelCertificate"];
  const fix = "give that of ClusterBootstrap, which makes it with flannel: true";
  return valueAt(args, path) === undefined ? [{ path, fault: `is required with cniMode "flannel"; ${fix}` }] : [];
}

/** What is wrong between the values of a cluster's bootstrap. */
export function bootstrapFindings(args: Arguments): Finding[] {
  const placed = (key: string): Placed => ({ path: [key], value: args[key] });
  return keyPairFindings(placed("caCertPem"), placed("caPrivateKeyPem"));
}

/** The hosts of a pool, or the one at a position; of those that are none nothing is compared. */
export function poolHosts(args: Arguments, index?: number): HostView[] {
  const hosts = listOf(args["hosts"]);
  return index === undefined
    ? hosts.map((host, at) => hostView(host, ["hosts", at]))
    : [hostView(hosts[index], ["hosts", index])];
}
