import {
  crossFindings,
  keyPairFindings,
  passphraseFindings,
  type CrossView,
  type Placed,
} from "../base/rules/crossChecks";
import { fieldsOf, listOf, toError, type Finding, type Path } from "../base/rules/finding";
import { unknownKeyFindings } from "../base/rules/unknownKeys";
import { findingsOf } from "../base/rules/values";
import { overridesFindings } from "../render/overrideFindings";
import { secretKeys, settingsSchema, type ParsedConfiguration } from "./schema";
import type { HostSettings, Settings, SettingsError } from "./settings";

/** What `parseSettings` found: the settings where nothing is wrong, else everything that is. */
export interface ParseResult {
  settings?: Settings;
  errors: SettingsError[];
}

/**
 * Turns a stack's configuration into settings, with defaults filled in, or into the list of everything wrong with it.
 *
 * No file, network or environment is read; of the clock only whether certificates are valid now. The paths of binaries and of the
 * agent's socket are not looked at.
 *
 * @param raw the configuration by key, without namespace. Lists and objects are parsed already; numbers may be digits. A key whose
 * value is "" or [] counts as not set, because that is the default Pulumi.yaml has to give optional keys.
 * @param isSecret tells whether the values of a key are never to be shown, besides those of the keys that always are
 * @example
 * const { settings, errors } = parseSettings({ clusterCIDR: "10.2.0.1/16", ... });
 * // errors[0] = { path: "clusterCIDR", value: '"10.2.0.1/16"', rule: "has bits set after its prefix", fix: 'write "10.2.0.0/16"' }
 */
export function parseSettings(
  raw: Record<string, unknown>,
  isSecret: (key: string) => boolean = () => false,
): ParseResult {
  const present = Object.fromEntries(Object.entries(raw).filter(([, value]) => !isUnset(value)));
  const parsed = settingsSchema.safeParse(present);
  const between = [...crossFindings(crossView(present)), ...credentialFindings(present), ...overridesFindings(present)];
  const findings = [
    ...unknownKeyFindings(settingsSchema, present),
    ...inKeyOrder([...findingsOf(parsed.error), ...between]),
  ];
  if (parsed.success && findings.length === 0) {
    return { settings: toSettings(parsed.data), errors: [] };
  }
  const hidden = ([key]: Path): boolean => isSecret(String(key)) || secretKeys.includes(String(key));
  return { errors: findings.map((finding) => toError(quiet(finding, isSecret), present, hidden)) };
}

/** Some rules say what they compared with, which is not said where it is secret. */
function quiet(finding: Finding, isSecret: (key: string) => boolean): Finding {
  return isSecret("clusterCIDR")
    ? { ...finding, fault: finding.fault.replace(/clusterCIDR \([^)]*\)/, "clusterCIDR") }
    : finding;
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Findings about the same key stand together, in the order in which the keys are documented. */
function inKeyOrder(findings: Finding[]): Finding[] {
  const keys = Object.keys(settingsSchema.shape);
  const rank = ({ path }: Finding): number => keys.indexOf(String(path[0]));
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

function crossView(raw: Record<string, unknown>): CrossView {
  const placed = (key: string): Placed => ({ path: [key], value: raw[key] });
  const binaries = fieldsOf(raw["binaries"]);
  return {
    kubernetesVersion: raw["kubernetesVersion"],
    clusterCIDR: placed("clusterCIDR"),
    clusterDNS: placed("clusterDNS"),
    caCertPem: placed("caCertPem"),
    kubeconfig: placed("kubeconfig"),
    cniMode: raw["cniMode"],
    binaries: {
      amd64: { path: ["binaries", "amd64"], value: binaries["amd64"] },
      arm64: { path: ["binaries", "arm64"], value: binaries["arm64"] },
    },
    hosts: listOf(raw["hosts"]).map((item, index) => {
      const host = fieldsOf(item);
      const at = (key: string): Placed => ({ path: ["hosts", index, key], value: host[key] });
      const values = { name: at("name"), address: at("address"), hostKey: at("hostKey"), nodeIP: at("nodeIP") };
      return { path: ["hosts", index], ...values, port: host["port"] ?? raw["sshPort"], arch: host["arch"] };
    }),
  };
}

function credentialFindings(raw: Record<string, unknown>): Finding[] {
  const placed = (key: string): Placed => ({ path: [key], value: raw[key] });
  const how = "set it: pulumi config set --secret kubernetes-worker-nodes:sshPrivateKeyPassword (or use an agent)";
  return [
    ...keyPairFindings(placed("caCertPem"), placed("caPrivateKeyPem")),
    ...passphraseFindings(placed("sshPrivateKey"), placed("sshPrivateKeyPassword"), how),
  ];
}

function toSettings(configuration: ParsedConfiguration): Settings {
  const { kubeconfig, caPrivateKeyPem, bootstrapToken, sshPrivateKey, sshPrivateKeyPassword, sshPassword, ...open } =
    configuration;
  const { sshUser, sshPort, sshAgentSocketPath, hosts, ...shared } = open;
  return {
    ...shared,
    secrets: { kubeconfig, caPrivateKeyPem, bootstrapToken, sshPrivateKey, sshPrivateKeyPassword, sshPassword },
    ssh: { agentSocketPath: sshAgentSocketPath },
    hosts: hosts.map((host): HostSettings => ({ ...host, port: host.port ?? sshPort, user: host.user ?? sshUser })),
  };
}
