import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { errorsMessage, toError, type Path } from "../base/rules/finding";
import { withHostsOfFiles } from "./hostsFiles";
import { parseSettings } from "./parseSettings";
import { readConfiguration } from "./readConfiguration";
import { secretKeys } from "./schema";
import type { Settings } from "./settings";
import { stackOutputs } from "./stackOutputs";

/** A stack's settings as the program uses them: the cluster's secrets are outputs marked secret. */
export type StackSettings = Settings<pulumi.Output<string>> & {
  /** Keys besides those of the secrets that the stack keeps encrypted, wholly or in part. */
  encrypted: ReadonlySet<string>;
};

/**
 * The settings of the stack that runs: its configuration in the project's namespace with the files and the other stack that it
 * names, checked.
 *
 * @throws pulumi.RunError with every error in one message, which the engine prints without a stack trace
 * @example
 * const settings = await loadSettings();
 * for (const pool of settings.pools) new WorkerPool(pool.name, poolArgs(settings, pool, cluster));
 */
export async function loadSettings(): Promise<StackSettings> {
  const namespace = pulumi.getProject();
  const configuration = readConfiguration(pulumi.runtime.allConfig(), namespace, isEncrypted);
  const answers = await stackOutputs(configuration.raw);
  const secret = new Set(answers.secret);
  const isSecret = (key: string): boolean => secret.has(key) || isEncrypted(`${namespace}:${key}`);
  const { raw, findings, labelOf } = withHostsOfFiles({ ...configuration.raw, ...answers.values }, readProjectFile);
  const parsed = parseSettings(raw, { isSecret, labelOf });

  const hidden = (path: Path): boolean =>
    isSecret(String(path[0])) || path.some((part) => secretKeys.includes(String(part)));
  const before = [...configuration.findings, ...answers.findings, ...findings];
  const readErrors = before.map((finding) => toError(finding, raw, hidden));
  const read = new Set(readErrors.map(({ path }) => path));
  const all = [...readErrors, ...parsed.errors.filter(({ path }) => !read.has(path))];
  if (parsed.settings === undefined || all.length > 0) {
    throw new pulumi.RunError(errorsMessage(`in the settings of stack ${pulumi.getStack()}`, all));
  }
  return withSecrets(parsed.settings, new Set(Object.keys(raw).filter(isSecret)));
}

function withSecrets(settings: Settings, encrypted: ReadonlySet<string>): StackSettings {
  const { kubeconfig, caPrivateKeyPem, bootstrapToken } = settings.secrets;
  const secrets = {
    kubeconfig: pulumi.secret(kubeconfig),
    caPrivateKeyPem: pulumi.secret(caPrivateKeyPem),
    bootstrapToken: pulumi.secret(bootstrapToken),
  };
  return { ...settings, encrypted, secrets };
}

/** A file that the settings name; its path is relative to the folder of Pulumi.yaml. */
function readProjectFile(path: string): string {
  return readFileSync(resolve(pulumi.getRootDirectory(), path), "utf8");
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
