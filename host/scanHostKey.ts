import { createHash } from "node:crypto";
import { connect } from "node:net";
import { Client } from "ssh2";
import { hostKeyTypes } from "../base/rules/sshRules";

/** A host's key as it was seen, by whoever answered. */
export interface SeenHostKey {
  /** As `hostKey` has it. @example "ssh-ed25519 AAAAC3Nza..." */
  hostKey: string;
  /** As `ssh-keygen -l` prints it. @example "SHA256:x7pU..." */
  fingerprint: string;
}

/** Longest time to wait for an answer, in milliseconds. */
const patience = 10_000;

/**
 * The key that an SSH server shows, without a login. Nobody has vouched for it: a person has to compare the fingerprint with the host's
 * own (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` there).
 *
 * @throws Error naming the host and what was seen, where there is no server or no key of a kind that can be pinned
 */
export function scanHostKey(host: string, port: number): Promise<SeenHostKey> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const socket = connect({ host, port, timeout: patience });
    const end = (action: () => void): void => {
      client.destroy();
      socket.destroy();
      action();
    };
    const fail = (error: Error): void =>
      end(() => reject(new Error(`${host} port ${port}: ${error.message}`, { cause: error })));
    socket.once("timeout", () => fail(new Error(`no answer within ${patience / 1000} s`)));
    socket.once("error", fail);
    client.once("error", fail);
    socket.once("connect", () =>
      client.connect({
        sock: socket,
        username: "root",
        readyTimeout: patience,
        algorithms: {
          serverHostKey: [...hostKeyTypes],
        },
        hostVerifier: (key: Buffer): boolean => {
          end(() => resolve(seen(key)));
          return false;
        },
      }),
    );
  });
}

function seen(key: Buffer): SeenHostKey {
  const type = key.subarray(4, 4 + key.readUInt32BE()).toString();
  const digest = createHash("sha256").update(key).digest("base64").replace(/=+$/, "");
  return { hostKey: `${type} ${key.toString("base64")}`, fingerprint: `SHA256:${digest}` };
}
