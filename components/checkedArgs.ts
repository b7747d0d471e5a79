import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { checkNodeVersion } from "../base/nodeVersion";
import {
  authorityFindings,
  crossFindings,
  keyPairFindings,
  passphraseFindings,
  type CrossView,
  type HostView,
  type Placed,
} from "../base/rules/crossChecks";
import { fieldsOf, isBelow, listOf, valueAt, withValue, type Finding, type Path } from "../base/rules/finding";
import { unknownKeyFindings } from "../base/rules/unknownKeys";
import { findingsOf } from "../base/rules/values";
import { overridesFindings } from "../render/overrideFindings";
import { argumentsError } from "./argumentErrors";
import { mayBeLater } from "./argumentSchemas";
import { Later, mapLaters, withLaters } from "./later";

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
  const { value, laters } = withLaters(args);
  const plain = fieldsOf(value);
  const isLater = (path: Path): boolean => laters.some((later) => isBelow(path, later.path));
  const misplaced = laters
    .filter(({ path }) => !mayBeLater(path))
    .map(({ path }): Finding => ({
      path,
      fault: "is an Output or a Promise, which is only known later; write the value itself",
      hidden: true,
    }));
  const { findings, data } = judge(rules, plain);
  const wrong = [...misplaced, ...findings.filter(({ path }) => !isLater(path))];
  const all = wrong.length > 0 ? wrong : (rules.claim?.(plain) ?? []);
  if (all.length > 0 || data === undefined) throw argumentsError(rules.component, all, plain);
  return mapLaters(data, (later) => whenKnown(rules, plain, later, laters)) as Checked;
}

function judge(rules: ArgumentRules, args: Arguments): { findings: Finding[]; data?: Arguments } {
  const parsed = rules.schema.safeParse(args);
  const findings = [...unknownKeyFindings(rules.schema, args), ...findingsOf(parsed.error), ...rules.between(args)];
  return { findings, data: parsed.data };
}

/** The value of an Output, judged with what was known before. */
function whenKnown(
  rules: ArgumentRules,
  plain: Arguments,
  later: Later,
  laters: readonly Later[],
): pulumi.Output<unknown> {
  const { path, output } = later;
  const checked = output.apply(async (value) => {
    const known = withValue(plain, path, value) as Arguments;
    // One host is judged by itself: a pool has as many Outputs as hosts.
    const [key, index] = path;
    const ofHost = key === "hosts" && typeof index === "number" ? index : undefined;
    const { findings, data } = judgeOne(rules, known, ofHost ?? 0);
    const ofMachine = path.includes("connection") || path.at(-1) === "nodeIP";
    const taken = findings.length === 0 && ofMachine ? (rules.claim?.(known, ofHost) ?? []) : [];
    const wrong = [...findings, ...taken];
    if (wrong.length === 0 && data !== undefined) {
      return valueAt(data, ofHost === undefined ? path : ["hosts", 0, ...path.slice(2)]);
    }
    const secret = await pulumi.isSecret(output);
    throw argumentsError(rules.component, wrong, known, (place) => secret && isBelow(place, path));
  });
  const authority = laters.find((other) => String(other.path) === "cluster,caCertPem");
  if (authority === undefined || String(path) !== "cluster,kubeconfig") return checked;
  return pulumi.all([checked, authority.output]).apply(([kubeconfig, caCertPem]) => {
    const findings = authorityFindings({ path: authority.path, value: caCertPem }, { path, value: kubeconfig });
    if (findings.length > 0) throw argumentsError(rules.component, findings, {});
    return kubeconfig;
  });
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
    clusterCIDR: placed("clusterCIDR"),
    clusterDNS: placed("clusterDNS"),
    caCertPem: placed("caCertPem"),
    kubeconfig: placed("kubeconfig"),
    cniMode: args["cniMode"],
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
    ...overridesFindings({ kubernetesVersion, kubeProxyConfiguration, kubeletConfiguration, containerdConfiguration }),
  ];
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
