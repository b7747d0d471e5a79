/** Keeps secrets out of everything the engine prints. */
import { isSecret, type PropertyValue, reveal } from "./values";
import type { StackConfig } from "./stackConfig";

/** Shorter secrets of the configuration are not masked, as with the CLI: they would make the output unreadable. */
const shortestConfigSecret = 3;
/** Secrets of a run are whole objects too (a connection with its port), so their parts must be longer to count. */
const shortestRunSecret = 8;
/** Lines of a multi-line secret that are masked by themselves, wherever a message quotes a part. */
const shortestLine = 20;

/** Every text in a value. */
const textsIn = (value: unknown): string[] =>
  typeof value === "string" ? [value] : typeof value === "object" ? Object.values(value ?? {}).flatMap(textsIn) : [];

export class Masker {
  /** What the configuration has in the clear, such as a host's address, is no secret wherever else it stands. */
  private readonly plain: Set<string>;
  private readonly secrets = new Set<string>();
  private readonly lines = new Set<string>();

  constructor(config: StackConfig) {
    const values = [...config.values()];
    this.plain = new Set(values.flatMap(({ secret, plain }) => (secret ? [] : textsIn(plain))));
    values.forEach(({ secrets }) => this.add(secrets, shortestConfigSecret));
  }

  /** Learns every text under a secret mark. */
  observe(value: PropertyValue): void {
    if (isSecret(value)) this.add(textsIn(reveal(value)), shortestRunSecret);
    else if (typeof value === "object") Object.values(value ?? {}).forEach((part: PropertyValue) => this.observe(part));
  }

  /** For values that are shown as such: whole secrets. */
  mask(text: string): string {
    return replaceAll(text, this.secrets);
  }

  /** For messages: also single lines of a secret, as an error may quote them. */
  maskMessage(text: string): string {
    return replaceAll(this.mask(text), this.lines);
  }

  private add(texts: string[], shortest: number): void {
    const hidden = (least: number) => (text: string) => text.length >= least && !this.plain.has(text);
    for (const text of texts) {
      [text.trim(), JSON.stringify(text).slice(1, -1)].filter(hidden(shortest)).forEach((it) => this.secrets.add(it));
      const lines = text.includes("\n") ? text.split("\n").filter((line) => !line.startsWith("-----")) : [];
      lines.filter(hidden(shortestLine)).forEach((line) => this.lines.add(line));
    }
  }
}

/** Longest first: a secret may be part of another. */
const replaceAll = (text: string, secrets: Set<string>): string =>
  [...secrets]
    .filter((secret) => text.includes(secret))
    .sort((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), text);
