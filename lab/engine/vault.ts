/** The secrets of one stack: opened with the passphrase the first time one is needed, which takes a moment. */
import { readFileSync } from "node:fs";
import { createSalt, type Crypter, openCrypter } from "./passphrase";

/** @throws Error where neither variable is set; an empty passphrase is one. */
function passphraseFromEnvironment(): string {
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (passphrase !== undefined) return passphrase;
  if (file) return readFileSync(file, "utf8").trim();
  throw new Error(
    "the stack has secrets and no passphrase was given: set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file with it",
  );
}

export class Vault {
  private opened: Crypter | undefined;
  /** By owner and plaintext, so that a secret that did not change keeps its ciphertext. */
  private readonly known = new Map<string, string>();

  /** @param salt `encryptionsalt` of the stack; made when first needed where the stack has none yet. */
  constructor(public salt: string | undefined) {}

  decrypt(ciphertext: string): string {
    return this.crypter().decrypt(ciphertext);
  }

  /** Encrypts for one owner: the same text of the same owner gives the same ciphertext. */
  encryptFor(owner: string, plaintext: string): string {
    const key = `${owner}\0${plaintext}`;
    const ciphertext = this.known.get(key) ?? this.crypter().encrypt(plaintext);
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
      const passphrase = passphraseFromEnvironment();
      this.salt ??= createSalt(passphrase);
      this.opened = openCrypter(passphrase, this.salt);
    }
    return this.opened;
  }
}
