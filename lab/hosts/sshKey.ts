import { type ParsedKey, utils } from "ssh2";

/** An Ed25519 public key as SSH writes it: two length-prefixed fields, the type and the 32 bytes. */
const ed25519BlobBytes = 4 + "ssh-ed25519".length + 4 + 32;

/** Whether nothing is missing: ssh2 drops leading zero bytes of a new Ed25519 public key, which makes 1 in 256 unusable. */
export function isWholeSshKey(key: ParsedKey): boolean {
  return key.type !== "ssh-ed25519" || key.getPublicSSH().length === ed25519BlobBytes;
}

/** A new Ed25519 key pair, both halves in OpenSSH's formats. */
export function newSshKey(comment: string): { private: string; public: string } {
  for (;;) {
    const made = utils.generateKeyPairSync("ed25519", { comment });
    const parsed = utils.parseKey(made.public);
    if (!(parsed instanceof Error) && isWholeSshKey(parsed)) return made;
  }
}
