import type { Fault } from "../fault";

/** Kinds of host keys that can be pinned, the best first. */
export const hostKeyTypes = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
] as const;
const hostKeyFix =
  'write the content of the host\'s /etc/ssh/ssh_host_ed25519_key.pub, e.g. "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA..."';

function isHostKeyType(type: string): boolean {
  return hostKeyTypes.some((known) => known === type);
}

/** An SSH server's public key, as one line of authorized_keys without options. */
export function hostKeyFault(line: string): Fault | undefined {
  const [type = "", blob = ""] = line.trim().split(/\s+/);
  if (type === "ssh-rsa" || type.startsWith("rsa-sha2-")) {
    // @pulumi/command pins the key's own type as the only algorithm. For an RSA key that is ssh-rsa, which is a SHA-1
    // signature, and OpenSSH 8.8 and later refuse it.
    return `is an RSA key, which cannot be pinned against OpenSSH 8.8 or later; ${hostKeyFix}`;
  }
  if (!isHostKeyType(type)) {
    return isHostKeyType(blob)
      ? `begins with a host name, as in known_hosts; write only "${blob}" and what follows it`
      : `is not an Ed25519 or ECDSA public key; ${hostKeyFix}`;
  }
  return isKeyOfType(type, blob) ? undefined : `is damaged: its data is not that of an ${type} key; ${hostKeyFix}`;
}

/** The key without the comment that may follow it, so that a changed comment changes nothing. */
export function withoutComment(hostKey: string): string {
  return hostKey.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** RFC 4253 section 6.6: the data begins with the type's length and name; an Ed25519 key is 32 bytes after that (RFC 8709). */
function isKeyOfType(type: string, blob: string): boolean {
  const data = Buffer.from(blob, "base64");
  if (data.toString("base64") !== blob || data.length < 4 + type.length) {
    return false;
  }
  const named = data.readUInt32BE(0) === type.length && data.toString("latin1", 4, 4 + type.length) === type;
  return (
    named && (type === "ssh-ed25519" ? data.length === 4 + type.length + 4 + 32 : data.length > 4 + type.length + 64)
  );
}

/** A private key for SSH, in PEM or OpenSSH's own format. */
export function sshPrivateKeyFault(pem: string): Fault | undefined {
  const match = /^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----\s[^]+\s-----END ([A-Z0-9]+ )*PRIVATE KEY-----\s*$/.test(
    pem.trimStart(),
  );
  return match
    ? undefined
    : "is not a private key in PEM or OpenSSH format; write the text of the key's file, e.g. ~/.ssh/id_ed25519, not its name";
}

/** True where the private key can be used only with its passphrase. */
export function isEncryptedKey(pem: string): boolean {
  if (/BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    return true;
  }
  const body = /BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----/.exec(pem)?.[1] ?? "";
  const data = Buffer.from(body, "base64");
  // openssh-key-v1 (PROTOCOL.key): magic with a NUL, then the cipher's name with its length; "none" is a key without passphrase.
  const magic = "openssh-key-v1\0";
  if (data.toString("latin1", 0, magic.length) !== magic || data.length < magic.length + 4) {
    return false;
  }
  const length = data.readUInt32BE(magic.length);
  return data.toString("latin1", magic.length + 4, magic.length + 4 + length) !== "none";
}
