import * as path from "node:path";
import { dump, load } from "js-yaml";
import { type Crypter, createSalt, openCrypter } from "../engine/passphrase";
import { readIfExists, writeFileAtomic } from "../machine/files";
import type { LabLayout } from "../plan/layout";

/** A stack's configuration file. */
export interface StackFile {
  encryptionsalt?: string;
  config?: Record<string, unknown>;
}

/** Pulumi project, which is the namespace of its settings. */
export const namespace = "kubernetes-worker-nodes";

/**
 * Writes `.lab/Pulumi.dev.yaml`: the committed Pulumi.dev.yaml, and over it what only this lab knows. Secrets are
 * encrypted with the lab's passphrase; a secret that has not changed keeps its ciphertext, so that the file stays the same.
 */
export async function writeStackConfig(
  projectDirectory: string,
  layout: LabLayout,
  plain: Record<string, unknown>,
  secrets: Record<string, string>,
  passphrase: string,
): Promise<void> {
  const committed = await readStackFile(path.join(projectDirectory, "Pulumi.dev.yaml"));
  const before = await readStackFile(layout.files.stackConfig);
  const salt = before.encryptionsalt ?? createSalt(passphrase);
  const sealed = sealSecrets(secrets, before.config ?? {}, openCrypter(passphrase, salt));
  const merged = overlay(committed.config ?? {}, plain);
  const config = { ...merged, ...sealed };
  const sorted = Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFileAtomic(layout.files.stackConfig, dump({ encryptionsalt: salt, config: sorted }, { lineWidth: -1 }));
}

/** Lays generated settings over the committed ones: maps key by key, hosts by their names, anything else as a whole. */
export function overlay(
  committed: Record<string, unknown>,
  generated: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...committed };
  for (const [key, value] of Object.entries(generated)) {
    const below = committed[key];
    if (key === `${namespace}:hosts`) merged[key] = overlayHosts(asList(below), asList(value));
    else merged[key] = isMap(below) && isMap(value) ? overlay(below, value) : value;
  }
  return merged;
}

/** The lab's hosts; labels, taints and the like of a committed host with the same name are kept. */
function overlayHosts(committed: unknown[], generated: unknown[]): unknown[] {
  return generated.map((host) => {
    if (!isMap(host)) return host;
    const known = committed.find((other) => isMap(other) && other.name === host.name);
    return isMap(known) ? { ...known, ...host } : host;
  });
}

function sealSecrets(
  secrets: Record<string, string>,
  before: Record<string, unknown>,
  crypter: Crypter,
): Record<string, { secure: string }> {
  const sealed: Record<string, { secure: string }> = {};
  for (const [key, plaintext] of Object.entries(secrets)) {
    const old = before[key];
    const ciphertext = isMap(old) && typeof old.secure === "string" ? old.secure : undefined;
    const same = ciphertext !== undefined && crypter.decrypt(ciphertext) === plaintext;
    sealed[key] = { secure: same ? ciphertext : crypter.encrypt(plaintext) };
  }
  return sealed;
}

async function readStackFile(file: string): Promise<StackFile> {
  const text = await readIfExists(file);
  if (text === undefined) return {};
  const content = load(text) as StackFile | undefined;
  return content ?? {};
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
