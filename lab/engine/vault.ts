/** The secrets of one stack: opened with the passphrase the first time one is needed, which takes a moment. */
import { readFileSync } from "node:fs";
import { createSalt, type Crypter, openCrypter } from "./passphrase";

/**
 * The stack's passphrase, from PULUMI_CONFIG_PASSPHRASE or the file PULUMI_CONFIG_PASSPHRASE_FILE names.
 * @throws Error where neither is set; an empty passphrase is one.
 */
export function passphraseFromEnvironment(env: NodeJS.ProcessEnv): string {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) {
    return env.PULUMI_CONFIG_PASSPHRASE;
  }
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file === undefined || file === "") {
    throw new Error(
      "the stack has secrets and no passphrase was given: set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file with it",
    );
  }
  return readFileSync(file, "utf8").trim();
}

export class Vault implements Crypter {
  private opened: Crypter | undefined;
  /** By owner and plaintext, so that a secret that did not change keeps its ciphertext. */
  private readonly known = new Map<string, string>();

  /** @param salt `encryptionsalt` of the stack; made on first use where the stack has none yet. */
  constructor(
    private currentSalt: string | undefined,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** Undefined as long as there is nothing to encrypt and the stack has no salt. */
  get salt(): string | undefined {
    return this.currentSalt;
  }

  encrypt(plaintext: string): string {
    return this.crypter().encrypt(plaintext);
  }

  decrypt(ciphertext: string): string {
    return this.crypter().decrypt(ciphertext);
  }

  /** Encrypts for one owner: the same text of the same owner gives the same ciphertext in a run. */
  encryptFor(owner: string, plaintext: string): string {
    const key = `${owner}\0${plaintext}`;
    const ciphertext = this.known.get(key) ?? this.encrypt(plaintext);
    this.known.set(key, ciphertext);
    return ciphertext;
  }

  decryptFor(owner: string, ciphertext: string): string {
    const plaintext = this.decrypt(ciphertext);
    this.known.set(`${owner}\0${plaintext}`, ciphertext);
    return plaintext;
  }

  private crypter(): Crypter {
    if (this.opened === undefined) {
      const passphrase = passphraseFromEnvironment(this.env);
      this.currentSalt ??= createSalt(passphrase);
      this.opened = openCrypter(passphrase, this.currentSalt);
    }
    return this.opened;
  }
}
