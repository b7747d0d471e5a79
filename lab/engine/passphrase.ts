/**
 * Pulumi's passphrase secrets manager: what stands behind `encryptionsalt:` and `secure:` in a stack's configuration file.
 * The key is PBKDF2-SHA256 of the passphrase and a salt, each value is AES-256-GCM with a nonce of its own.
 * Source: pulumi/pulumi, sdk/go/common/resource/config/crypt.go and pkg/secrets/passphrase/manager.go.
 */
import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

const keyIterations = 1_000_000;
const keyBytes = 32;
const saltBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
/** Encrypted beside the salt, so that a wrong passphrase is told apart from a damaged value. */
const probe = "pulumi";

/** Encrypts and decrypts the secrets of one stack. */
export interface Crypter {
  /** Ciphertext as it stands behind `secure:`: `v1:<base64 nonce>:<base64 ciphertext and tag>`. */
  encrypt(plaintext: string): string;
  /** Plaintext of such a value. Throws when the value is not of that form or was encrypted with another key. */
  decrypt(ciphertext: string): string;
}

/**
 * A new `encryptionsalt` for a stack's configuration file: `v1:<base64 salt>:v1:<base64 nonce>:<base64 probe>`.
 *
 * @example createSalt("correct horse") // "v1:Rk3...=:v1:0fJ...:8dL..."
 */
export function createSalt(passphrase: string): string {
  const salt = randomBytes(saltBytes);
  return `v1:${salt.toString("base64")}:${createCrypter(passphrase, salt).encrypt(probe)}`;
}

/** Opens the secrets of a stack. Throws when `salt` is malformed or the passphrase is not the one it was made with. */
export function openCrypter(passphrase: string, salt: string): Crypter {
  const [, encodedSalt, encryptedProbe] = /^v1:([^:]+):(v1:[^:]+:[^:]+)$/.exec(salt) ?? [];
  if (encodedSalt === undefined || encryptedProbe === undefined) {
    throw new Error("encryptionsalt: expected v1:<salt>:v1:<nonce>:<ciphertext>; take the line as Pulumi wrote it");
  }
  const crypter = createCrypter(passphrase, Buffer.from(encodedSalt, "base64"));
  let decryptedProbe: string;
  try {
    decryptedProbe = crypter.decrypt(encryptedProbe);
  } catch {
    throw new Error("incorrect passphrase: it is not the one this stack's encryptionsalt was made with");
  }
  if (decryptedProbe !== probe) throw new Error("encryptionsalt: decrypts to something else than Pulumi writes");
  return crypter;
}

function createCrypter(passphrase: string, salt: Buffer): Crypter {
  const key = pbkdf2Sync(passphrase, salt, keyIterations, keyBytes, "sha256");
  return {
    encrypt(plaintext) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
    },
    decrypt(ciphertext) {
      const [, nonce, sealed] = /^v1:([^:]+):([^:]*)$/.exec(ciphertext) ?? [];
      if (nonce === undefined || sealed === undefined) {
        throw new Error("secure value: expected v1:<nonce>:<ciphertext>");
      }
      const bytes = Buffer.from(sealed, "base64");
      if (bytes.length < tagBytes) throw new Error("secure value: shorter than its authentication tag");
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString("utf8");
    },
  };
}
