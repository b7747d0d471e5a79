/** Keeps secrets out of everything the engine prints. */
import type { StackConfig } from "./stackConfig";
import { isSecret, type PropertyValue, reveal } from "./values";

/** Shorter secrets of the configuration are not masked, as with the CLI: they would make the output unreadable. */
const shortestConfigSecret = 3;
/** Secrets of a run are whole objects too (a connection with its port), so their parts must be longer to count. */
const shortestRunSecret = 8;
/** Lines of a multi-line secret that are masked by themselves, wherever a message quotes a part. */
const shortestLine = 20;

function eachText(value: unknown, act: (text: string) => void): void {
  if (typeof value === "string") {
    act(value);
  } else if (typeof value === "object") {
    Object.values(value ?? {}).forEach((child) => {
      eachText(child, act);
    });
  }
}

export class Masker {
  private readonly plain = new Set<string>();
  private readonly secrets = new Set<string>();
  private readonly fragments = new Set<string>();

  /** Knows from the start what the configuration has in secret, and what in the clear, such as a host's address. */
  constructor(config: StackConfig) {
    for (const { secret, secrets, plain } of config.values()) {
      if (!secret) {
        eachText(plain, (text) => this.plain.add(text));
      }
      secrets.forEach((text) => {
        this.add(text, shortestConfigSecret);
      });
    }
  }

  /** Learns every text under a secret mark. */
  observe(value: PropertyValue): void {
    if (isSecret(value)) {
      eachText(reveal(value), (text) => {
        this.add(text, shortestRunSecret);
      });
    } else if (typeof value === "object") {
      Object.values(value ?? {}).forEach((child) => {
        this.observe(child);
      });
    }
  }

  /** For values that are shown as such: whole secrets. */
  mask(text: string): string {
    return this.replace(text, this.secrets);
  }

  /** For messages: also single lines of a secret, as an error may quote them. */
  maskMessage(text: string): string {
    return this.replace(this.mask(text), this.fragments);
  }

  private replace(text: string, secrets: Set<string>): string {
    const found = [...secrets].filter((secret) => !this.plain.has(secret) && text.includes(secret));
    // Longest first: a secret may be part of another.
    return found
      .sort((a, b) => b.length - a.length)
      .reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), text);
  }

  private add(text: string, shortest: number): void {
    for (const secret of [text.trim(), JSON.stringify(text).slice(1, -1)]) {
      if (secret.length >= shortest) {
        this.secrets.add(secret);
      }
    }
    const lines = text.includes("\n") ? text.split("\n") : [];
    for (const line of lines.filter((each) => each.length >= shortestLine && !each.startsWith("-----"))) {
      this.fragments.add(line);
    }
  }
}
