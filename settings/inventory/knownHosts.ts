import { createHmac } from "node:crypto";
import { hostKeyTypes } from "../../base/rules/sshRules";

interface KnownHost {
  /** Names as they are written, or one hashed name. */
  names: string[];
  key: string;
}

/**
 * Finds hosts' keys in a file of OpenSSH's format known_hosts, hashed names too. Lines with a mark (`@cert-authority`, `@revoked`)
 * are passed over.
 *
 * @returns the key of an address and port as `hostKey` has it, or undefined
 * @see sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"
 */
export function knownHosts(text: string): (address: string, port: number) => string | undefined {
  const all = text.split(/\r?\n/).flatMap((line): KnownHost[] => {
    const [names = "", kind = "", data = ""] = line.trim().split(/\s+/);
    return names === "" || /^[#@]/.test(names) || data === ""
      ? []
      : [{ names: names.split(","), key: `${kind} ${data}` }];
  });
  return (address, port) => {
    const name = port === 22 ? address : `[${address}]:${port}`;
    const keys = all.filter(({ names }) => names.some((known) => isName(known, name))).map(({ key }) => key);
    return hostKeyTypes.flatMap((kind) => keys.filter((key) => key.startsWith(`${kind} `))).at(0);
  };
}

function isName(known: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(known) ?? [];
  if (salt === undefined || hash === undefined) return known.toLowerCase() === name.toLowerCase();
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}
