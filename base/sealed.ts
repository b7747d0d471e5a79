import { sha256 } from "./sha256";

/** How Pulumi's Node SDK writes a value that is not known during a preview (runtime/rpc.ts, `unknownValue`). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const form = /^\[sha256 [0-9a-f]{64}\]$/;

/** Texts that were sealed in this process, by their seals. */
const texts = new Map<string, string>();

/**
 * The digest of a text, in a form that is known again: a state has it where the text itself is not needed. One that is a digest
 * already, or a value that is not known yet, stays as it is.
 *
 * @example digestOf("secret")   // [sha256 2bb80d53...]
 */
export function digestOf(text: string): string {
  if (form.test(text) || text === unknownValue) return text;
  return asDigest(sha256(text));
}

/** The form of {@link digestOf} for a hex SHA-256. */
export function asDigest(hex: string): string {
  return `[sha256 ${hex}]`;
}

/**
 * The digest of a text, which {@link unseal} turns back in this process. A provider's `check` seals what its resource's inputs need
 * not repeat in the state; the engine calls it in each run before it changes the resource, in the same process.
 */
export function seal(text: string): string {
  const digest = digestOf(text);
  if (digest !== text) texts.set(digest, text);
  return digest;
}

/** The text of a seal; any other text is itself. @throws Error where the seal is of another process. */
export function unseal(text: string): string {
  const known = form.test(text) ? texts.get(text) : text;
  if (known !== undefined) return known;
  throw new Error(`${text} stands for a text that this process has not been given: its resource was changed unchecked`);
}
