import { configuredKey, configuredText, isConfigured } from "./configured";
import { sha256 } from "./sha256";

/** How Pulumi's Node SDK writes a value that is not known during a preview (runtime/rpc.ts, `unknownValue`). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Hex digits of a digest: enough for two texts never to share one, and half of what states of before have. */
const digits = 32;

const form = /^\[sha256 ([0-9a-f]{32}|[0-9a-f]{64})\]$/;

/** Texts that were sealed in this process, by their seals. */
const texts = new Map<string, string>();

/**
 * The digest of a text, in a form that is known again: a state has it where the text itself is not needed. One that is a digest
 * already, what stands for a configured text, or a value that is not known yet, stays as it is.
 *
 * @example digestOf("secret")   // [sha256 2bb80d537b1da3e38bd30361aa855686]
 */
export function digestOf(text: string): string {
  const known = form.exec(text)?.[1];
  if (known !== undefined) return asDigest(known);
  return text === unknownValue || isConfigured(text) ? text : asDigest(sha256(text));
}

/** The form of {@link digestOf} for a hex SHA-256. */
export function asDigest(hex: string): string {
  return `[sha256 ${hex.slice(0, digits)}]`;
}

/**
 * The digest of a text, which {@link unseal} turns back in this process. A provider's `check` seals what its resource's inputs need
 * not repeat in the state; the engine calls it in each run before it changes the resource, in the same process. Of a text that the
 * provider's configuration has, the seal says so: when it has it no more, the resource changes and its outputs have the text.
 */
export function seal(text: string): string {
  const digest = digestOf(text);
  if (text === digest || form.test(text)) return digest;
  texts.set(digest, text);
  return configuredKey(text, digest) ?? digest;
}

/** What outputs have of a text that is needed without a program: the text, or what stands for it where the configuration has it. */
export function kept(text: string): string {
  return configuredKey(text, digestOf(text)) ?? text;
}

/** The text of a seal; any other text is itself. @throws Error where the seal is of another process, or no more configured. */
export function unseal(text: string): string {
  if (isConfigured(text)) return configuredText(text);
  const known = form.test(text) ? texts.get(digestOf(text)) : text;
  if (known !== undefined) return known;
  throw new Error(`${text} stands for a text that this process has not been given: its resource was changed unchecked`);
}

/** The seal of a value that is no text, in its place: of a script, which nobody reads in a diff. One that is not known yet stays as it is. */
export function sealValue<T>(value: T): T {
  return asText(value, seal);
}

/** The value of a seal; any other value is itself. */
export function unsealValue<T>(value: T): T {
  return typeof value === "string" ? (JSON.parse(unseal(value)) as T) : value;
}

/** The digest of a value, in its place. */
export function digestOfValue<T>(value: T): T {
  return asText(value, digestOf);
}

/** A value that is a text already is sealed, or is not known yet. */
function asText<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  const text = value === undefined ? unknownValue : JSON.stringify(value);
  return text.includes(unknownValue) ? value : (change(text) as T);
}
