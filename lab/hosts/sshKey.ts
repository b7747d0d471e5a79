import { utils } from "ssh2";

/** A new Ed25519 key pair, both halves in OpenSSH's formats. */
export function newSshKey(comment: string): { private: string; public: string } {
  for (;;) {
    const made = utils.generateKeyPairSync("ed25519", { comment });
    // ssh2 drops leading zero bytes of a new Ed25519 public key, and then takes neither half: 1 in 256.
    if (!(utils.parseKey(made.public) instanceof Error)) return made;
  }
}
