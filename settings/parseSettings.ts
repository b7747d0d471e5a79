import { crossFindings } from "./crossChecks";
import { parseTaint } from "../render/labels";
import { toError, type Finding } from "./finding";
import { knownFields, secretKeys, settingsSchema, type ParsedConfiguration } from "./schema";
import type { HostSettings, Settings, SettingsError } from "./settings";
import { unknownKeyFindings } from "./unknownKeys";

/** What `parseSettings` found: the settings where nothing is wrong, else everything that is. */
export interface ParseResult {
  settings?: Settings;
  errors: SettingsError[];
}

/**
 * Turns a stack's configuration into settings, with defaults filled in, or into the list of everything wrong with it.
 *
 * Pure: no file, network, clock or environment is read. The paths of binaries and of the agent's socket are not looked at.
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
  const issues: Finding[] = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: path.map((part) => (typeof part === "symbol" ? String(part) : part)),
    fault: message,
  }));
  const findings = [...unknownKeyFindings(present), ...inKeyOrder([...issues, ...crossFindings(present)])];
  if (parsed.success && findings.length === 0) {
    return { settings: toSettings(parsed.data), errors: [] };
  }
  const hidden = (key: string): boolean => isSecret(key) || secretKeys.some((secret) => secret === key);
  return { errors: findings.map((finding) => toError(finding, present, hidden)) };
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Findings about the same key stand together, in the order in which the keys are documented. */
function inKeyOrder(findings: Finding[]): Finding[] {
  const rank = ({ path }: Finding): number => knownFields.settings.indexOf(String(path[0]));
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

function toSettings(configuration: ParsedConfiguration): Settings {
  const { kubeconfig, caPrivateKeyPem, bootstrapToken, sshPrivateKey, sshPrivateKeyPassword, sshPassword, ...open } =
    configuration;
  const { sshUser, sshPort, sshAgentSocketPath, hosts, ...shared } = open;
  return {
    ...shared,
    secrets: { kubeconfig, caPrivateKeyPem, bootstrapToken, sshPrivateKey, sshPrivateKeyPassword, sshPassword },
    ssh: { agentSocketPath: sshAgentSocketPath },
    hosts: hosts.map((host): HostSettings => ({
      ...host,
      port: host.port ?? sshPort,
      user: host.user ?? sshUser,
      taints: host.taints.map(parseTaint),
    })),
  };
}
