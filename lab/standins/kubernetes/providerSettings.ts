import { KubeConfig } from "@kubernetes/client-node";
import { isDeepStrictEqual as equal } from "node:util";
import type { CheckFailure, Diff } from "../protocol/standIn";
import { unknownValue, type PropertyMap, type PropertyValue } from "../protocol/values";

/** The cluster to talk to, or why it cannot be known. */
export type ProviderSettings =
  { kubeConfig: KubeConfig; problem?: undefined } | { kubeConfig?: undefined; problem: string };

/** Configuration that the stand-in takes; the last two change nothing that it does. */
const served = [
  "kubeconfig",
  "clusterIdentifier",
  "upsertExistingObjects",
  "version",
  "suppressDeprecationWarnings",
  "suppressHelmHookWarnings",
];

/** The SDK sends booleans as JSON text. */
export function isTrue(value: PropertyValue | undefined): boolean {
  return value === true || value === "true";
}

function isSet(value: PropertyValue | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && value !== false && value !== "false";
}

/** Refuses, by name, the configuration that the stand-in would otherwise ignore. */
export function configFailures(config: PropertyMap): CheckFailure[] {
  const reason = "the stand-in for the kubernetes plugin does not serve this setting; the real plugin does";
  const names = Object.keys(config).filter((name) => !served.includes(name) && !name.startsWith("__"));
  const refused = names.filter((name) => isSet(config[name]) !== (name === "enableServerSideApply"));
  return refused.map((property) => ({ property, reason }));
}

/** Reads the provider's configuration; a kubeconfig that cannot be read is a `problem`, not an error. */
export function readSettings({ kubeconfig }: PropertyMap): ProviderSettings {
  if (kubeconfig === unknownValue) return { problem: "the kubeconfig is not known yet" };
  try {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(typeof kubeconfig === "string" ? kubeconfig : "");
    if (kubeConfig.getCurrentCluster() !== null) return { kubeConfig };
    return { problem: "kubeconfig is not the content of a kubeconfig with a current context" };
  } catch {
    // The parser's message may quote the kubeconfig, which holds credentials.
    return { problem: "kubeconfig is not the content of a kubeconfig" };
  }
}

/** The cluster that a configuration leads to: server, CA and so on, but no credentials. */
function activeCluster(config: PropertyMap): object | undefined {
  return readSettings(config).kubeConfig?.getCurrentCluster() ?? undefined;
}

/** Whether provider and resources must be replaced. Source: DiffConfig in pulumi-kubernetes provider.go. */
export function diffConfig(olds: PropertyMap, news: PropertyMap): Diff {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  const changed = [...names].filter((name) => !equal(olds[name], news[name]));
  const [hadId, hasId] = [isSet(olds.clusterIdentifier), isSet(news.clusterIdentifier)];
  const moved = (): boolean => {
    if (!changed.includes("kubeconfig")) return false;
    const [before, after] = [activeCluster(olds), activeCluster(news)];
    return news.kubeconfig === unknownValue || (before !== undefined && after !== undefined && !equal(before, after));
  };
  if (hasId && equal(olds.clusterIdentifier, news.clusterIdentifier)) {
    return { changed: news.kubeconfig === unknownValue ? ["kubeconfig"] : changed, replaces: [] };
  }
  return { changed, replaces: [...(hadId && hasId ? ["clusterIdentifier"] : []), ...(moved() ? ["kubeconfig"] : [])] };
}
