import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";
import { Unknown, type PropertyMap, type PropertyValue } from "../protocol/propertyValue";
import type { CheckFailure, DiffResult } from "../protocol/standIn";

/** The provider's configuration as the stand-in uses it. */
export interface ProviderSettings {
  /** Undefined while the cluster cannot be known; `problem` then says why. */
  kubeConfig?: KubeConfig;
  problem?: string;
  defaultNamespace: string;
  upsertExistingObjects: boolean;
  enableSecretMutable: boolean;
  enableConfigMapMutable: boolean;
  enablePatchForce: boolean;
}

/** Configuration of the real provider that would change what happens, and that the stand-in does not do. */
const notServed = [
  "alwaysRender",
  "cluster",
  "deleteUnreachable",
  "helmReleaseSettings",
  "kubeClientSettings",
  "renderYamlToDirectory",
  "skipUpdateUnreachable",
];

/** The SDK sends booleans as JSON text. */
function isTrue(value: PropertyValue | undefined): boolean {
  return value === true || value === "true";
}

function isSet(value: PropertyValue | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && value !== false && value !== "false";
}

/** Refuses, by name, the configuration that the stand-in would otherwise ignore. */
export function configFailures(config: PropertyMap): CheckFailure[] {
  const reason = "the stand-in for the kubernetes plugin does not serve this setting; the real plugin does";
  const failures = notServed.filter((name) => isSet(config[name])).map((property) => ({ property, reason }));
  const apply = config.enableServerSideApply;
  if (apply === false || apply === "false") failures.push({ property: "enableServerSideApply", reason });
  return failures;
}

/** The kubeconfig in `config`: its content, a path to it, or, when absent, what kubectl would take. */
function loadKubeConfig(config: PropertyMap): KubeConfig {
  const { kubeconfig, context } = config;
  const loaded = new KubeConfig();
  if (typeof kubeconfig === "string" && kubeconfig !== "") {
    const path = kubeconfig.replace(/^~(?=\/)/, homedir());
    if (!kubeconfig.includes("\n") && existsSync(path)) loaded.loadFromFile(path);
    else loaded.loadFromString(kubeconfig);
  } else {
    loaded.loadFromDefault();
  }
  if (typeof context === "string" && context !== "") loaded.setCurrentContext(context);
  return loaded;
}

/** Reads the provider's configuration; a kubeconfig that cannot be read is a `problem`, not an error. */
export function readSettings(config: PropertyMap): ProviderSettings {
  const settings: ProviderSettings = {
    defaultNamespace: typeof config.namespace === "string" ? config.namespace : "",
    upsertExistingObjects: isTrue(config.upsertExistingObjects),
    enableSecretMutable: isTrue(config.enableSecretMutable),
    enableConfigMapMutable: isTrue(config.enableConfigMapMutable),
    enablePatchForce: isTrue(config.enablePatchForce),
  };
  if (config.kubeconfig instanceof Unknown || config.context instanceof Unknown) {
    return { ...settings, problem: "the kubeconfig is not known yet" };
  }
  try {
    const kubeConfig = loadKubeConfig(config);
    if (kubeConfig.getCurrentCluster() === null) {
      return { ...settings, problem: `the kubeconfig has no cluster for context "${kubeConfig.getCurrentContext()}"` };
    }
    const namespace = kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace;
    return { ...settings, kubeConfig, defaultNamespace: settings.defaultNamespace || namespace || "default" };
  } catch {
    // The parser's message may quote the kubeconfig, which holds credentials.
    return { ...settings, problem: "the kubeconfig is no readable kubeconfig (its content, or the path of one)" };
  }
}

/** The cluster that a configuration leads to: server, CA and so on, but no credentials. */
function activeCluster(config: PropertyMap): object | undefined {
  return readSettings(config).kubeConfig?.getCurrentCluster() ?? undefined;
}

/** Whether provider and resources must be replaced. Source: DiffConfig in pulumi-kubernetes provider.go. */
export function diffConfig(olds: PropertyMap, news: PropertyMap): DiffResult {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(olds[name], news[name]));
  const [oldId, newId] = [olds.clusterIdentifier, news.clusterIdentifier];
  const [hadId, hasId] = [isSet(oldId), isSet(newId)];
  if (hasId && isDeepStrictEqual(oldId, newId)) return { changed, replaces: [] };
  const replaces = hadId && hasId ? ["clusterIdentifier"] : [];
  const addressing = ["kubeconfig", "context"].filter((name) => changed.includes(name));
  const notKnown = addressing.filter((name) => news[name] instanceof Unknown);
  if (notKnown.length > 0) return { changed, replaces: [...replaces, ...notKnown] };
  const [before, after] = [activeCluster(olds), activeCluster(news)];
  const moved = before !== undefined && after !== undefined && !isDeepStrictEqual(before, after);
  return { changed, replaces: moved ? [...replaces, ...addressing] : replaces };
}
