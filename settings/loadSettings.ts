import * as pulumi from "@pulumi/pulumi";
import { errorsMessage, toError } from "../base/rules/finding";
import { overrideKeys } from "../render/overrideFindings";
import type { JsonObject } from "../render/types";
import { parseSettings } from "./parseSettings";
import { readConfiguration } from "./readConfiguration";
import type { Settings } from "./settings";

type OverrideKey = (typeof overrideKeys)[number];

/** Other keys whose values stand in the same document: where one is encrypted, the document is secret. */
const documentKeys: Record<OverrideKey, readonly string[]> = {
  kubeletConfiguration: ["clusterDNS", "clusterDomain", "clusterCIDR"],
  kubeProxyConfiguration: ["clusterCIDR"],
  containerdConfiguration: ["sandboxImage"],
};

/**
 * A stack's settings as the program uses them: each secret is an output marked secret, and so are the overrides that the stack
 * keeps encrypted, wholly or in part.
 */
export type StackSettings = Omit<Settings<pulumi.Output<string>>, OverrideKey> &
  Record<OverrideKey, pulumi.Input<JsonObject>> & {
    /** Keys besides those of the secrets that the stack keeps encrypted, wholly or in part. */
    encrypted: ReadonlySet<string>;
  };

/**
 * The settings of the stack that runs: its configuration in the project's namespace, checked.
 *
 * @throws pulumi.RunError with every error in one message, which the engine prints without a stack trace
 * @example
 * const settings = loadSettings();
 * new WorkerPool("workers", { kubeconfig: settings.secrets.kubeconfig, ... });
 */
export function loadSettings(): StackSettings {
  const namespace = pulumi.getProject();
  const { raw, findings } = readConfiguration(pulumi.runtime.allConfig(), namespace, isEncrypted);
  const isSecret = (key: string): boolean => isEncrypted(`${namespace}:${key}`);
  const { settings, errors } = parseSettings(raw, isSecret);

  const readErrors = findings.map((finding) => toError(finding, raw, ([key]) => isSecret(String(key))));
  const read = new Set(readErrors.map(({ path }) => path));
  const all = [...readErrors, ...errors.filter(({ path }) => !read.has(path))];
  if (settings === undefined || all.length > 0) {
    throw new pulumi.RunError(errorsMessage(`in the settings of stack ${pulumi.getStack()}`, all));
  }
  return withSecretOutputs(settings, new Set(Object.keys(raw).filter(isSecret)));
}

function withSecretOutputs(settings: Settings, encrypted: ReadonlySet<string>): StackSettings {
  const { kubeconfig, caPrivateKeyPem, bootstrapToken, sshPrivateKey, sshPrivateKeyPassword, sshPassword } =
    settings.secrets;
  const optional = (text: string | undefined) => (text === undefined ? undefined : pulumi.secret(text));
  const overrides = (key: OverrideKey): pulumi.Input<JsonObject> =>
    [key, ...documentKeys[key]].some((part) => encrypted.has(part)) ? pulumi.secret(settings[key]) : settings[key];
  return {
    ...settings,
    encrypted,
    kubeProxyConfiguration: overrides("kubeProxyConfiguration"),
    kubeletConfiguration: overrides("kubeletConfiguration"),
    containerdConfiguration: overrides("containerdConfiguration"),
    secrets: {
      kubeconfig: pulumi.secret(kubeconfig),
      caPrivateKeyPem: pulumi.secret(caPrivateKeyPem),
      bootstrapToken: pulumi.secret(bootstrapToken),
      sshPrivateKey: optional(sshPrivateKey),
      sshPrivateKeyPassword: optional(sshPrivateKeyPassword),
      sshPassword: optional(sshPassword),
    },
  };
}

/** Whether the stack keeps a "namespace:key" encrypted, wholly or in part. */
function isEncrypted(fullKey: string): boolean {
  const runtime: object = pulumi.runtime;
  // The SDK exports the question to JavaScript and leaves it out of its type declarations; getSecret() answers for any key.
  return !hasSecretCheck(runtime) || runtime.isConfigSecret(fullKey);
}

function hasSecretCheck(runtime: object): runtime is { isConfigSecret(fullKey: string): boolean } {
  return "isConfigSecret" in runtime && typeof runtime.isConfigSecret === "function";
}
