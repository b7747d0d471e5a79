import { localEndpoint } from "../base/rules/apiServerRules";
import { pathText, toError, type Finding, type Path } from "../base/rules/finding";
import { unknownKeyFindings } from "../base/rules/unknownKeys";
import { findingsOf } from "../base/rules/values";
import { nodeSchema, wholeHost } from "./hostSchema";
import { poolScopes, type HostScope } from "./layers";
import { secretKeys, settingsSchema, type ParsedConfiguration } from "./schema";
import type { HostSettings, Settings, SettingsError } from "./settings";
import { betweenFindings, flatPool } from "./settingsFindings";

/** What is known of a configuration besides its values. */
export interface ParseOptions {
  /** Whether the values of a key are never to be shown, besides those of the keys that always are. */
  isSecret?: (key: string) => boolean;
  /** Where a value stands that did not come from the stack's file. */
  labelOf?: (path: Path) => string | undefined;
}

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
 * @example
 * const { settings, errors } = parseSettings({ clusterCIDR: "10.2.0.1/16", ... });
 * // errors[0] = { path: "clusterCIDR", value: '"10.2.0.1/16"', rule: "has bits set after its prefix", fix: 'write "10.2.0.0/16"' }
 */
export function parseSettings(
  raw: Record<string, unknown>,
  { isSecret = () => false, labelOf = () => undefined }: ParseOptions = {},
): ParseResult {
  const present = Object.fromEntries(Object.entries(raw).filter(([, value]) => !isUnset(value)));
  const parsed = settingsSchema.safeParse(present);
  const findings = unique([
    ...unknownKeyFindings(settingsSchema, present),
    ...inKeyOrder([...findingsOf(parsed.error), ...betweenFindings(present)]),
  ]);
  if (parsed.success && findings.length === 0) {
    return { settings: toSettings(present, parsed.data), errors: [] };
  }
  const hidden = (path: Path): boolean =>
    isSecret(String(path[0])) || path.some((part) => secretKeys.includes(String(part)));
  const shown = (finding: Finding): SettingsError => {
    const error = toError(quiet(finding, isSecret), present, hidden);
    const label = labelOf(finding.path);
    return label === undefined ? error : { ...error, path: `${label}: ${error.path}` };
  };
  return { errors: findings.map(shown) };
}

/** What is said of many hosts in one place is wrong once. */
function unique(findings: Finding[]): Finding[] {
  const byText = new Map(findings.map((finding) => [`${pathText(finding.path)} ${finding.fault}`, finding]));
  return [...byText.values()];
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

function toSettings(raw: Record<string, unknown>, configuration: ParsedConfiguration): Settings {
  const { clusterName, apiServers, caCertPem, clusterCIDR, clusterDNS, clusterDomain } = configuration;
  const { apiServerEndpoint = localEndpoint } = configuration;
  const { kubeconfig, caPrivateKeyPem, bootstrapToken } = configuration;
  const pools = poolScopes(raw).filter(({ hosts }) => hosts.length > 0);
  return {
    ...{ clusterName, apiServerEndpoint, apiServers, caCertPem, clusterCIDR, clusterDNS, clusterDomain },
    secrets: { kubeconfig, caPrivateKeyPem, bootstrapToken },
    pools: pools.map(({ pool = flatPool, said, hosts }) => ({
      name: pool,
      node: nodeSchema.parse(said),
      hosts: hosts.map(hostSettings),
    })),
  };
}

function hostSettings({ said, isOwn }: HostScope): HostSettings {
  const { name, address, hostKey, nodeIP, adopt, lost, arch, labels, taints, ...shared } = wholeHost.parse(said);
  const { sshUser, sshPort, sshAgentSocketPath, sshPrivateKey, sshPrivateKeyPassword, sshPassword } = shared;
  const ssh = {
    ...{ user: sshUser, port: sshPort, agentSocketPath: sshAgentSocketPath },
    ...{ privateKey: sshPrivateKey, privateKeyPassword: sshPrivateKeyPassword, password: sshPassword },
  };
  const host = { name, address, hostKey, nodeIP, adopt, lost, arch, labels, taints, ssh };
  return isOwn ? { ...host, own: nodeSchema.parse(said) } : host;
}
