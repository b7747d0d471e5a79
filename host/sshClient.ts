import { messageOf } from "../base/errorMessage";
import { Turnstile } from "../base/turnstile";
import * as net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "ssh2";
import type { ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import { describeConnection } from "./connection";
import type { Connection } from "./connection";

/** First pause between two attempts, in milliseconds; it doubles each time. */
const firstRetryDelay = 500;

/**
 * Handshakes at once. Each takes this process some milliseconds of its one thread: hundreds at once would all end too late. A host
 * that does not answer at all is not among them.
 */
const handshakes = new Turnstile(32);

/** A failure that another attempt cannot mend: wrong host key, refused login, unusable key. */
class FinalDialError extends Error {}

/**
 * Connects and authenticates, trying network failures again.
 *
 * @throws Error naming the host, what was seen and the fix.
 */
export async function dial(connection: Connection): Promise<Client> {
  const attempts = Math.max(1, connection.dialErrorLimit ?? 3);
  for (let attempt = 1; ; attempt++) {
    try {
      return await dialOnce(connection);
    } catch (error) {
      const reason = messageOf(error);
      if (error instanceof FinalDialError)
        throw new Error(`${describeConnection(connection)}: ${reason}`, { cause: error });
      if (attempt >= attempts) {
        throw new Error(
          `${describeConnection(connection)}: unreachable over SSH after ${attempt} attempts: ${reason}; ` +
            `check that the host is up, its address and port are right and sshd is running`,
          { cause: error },
        );
      }
      await sleep(firstRetryDelay * 2 ** (attempt - 1));
    }
  }
}

async function dialOnce(connection: Connection): Promise<Client> {
  const timeout = (connection.perDialTimeout ?? 15) * 1000;
  const socket = await openSocket(connection.host, connection.port ?? 22, timeout);
  return handshakes.pass(() => shakeHands(connection, socket, timeout));
}

function shakeHands(connection: Connection, socket: net.Socket, timeout: number): Promise<Client> {
  if (socket.destroyed) throw new Error("the host ended the connection before it was used");
  return new Promise<Client>((resolve, reject) => {
    const client = new Client();
    let seenHostKey: string | undefined;
    const fail = (error: Error & { level?: string }): void => {
      client.destroy();
      socket.destroy();
      reject(dialError(connection, error, seenHostKey));
    };
    client.once("ready", () => {
      client.removeListener("error", fail);
      resolve(client);
    });
    client.once("error", fail);
    const hostVerifier = (key: Buffer): boolean => {
      seenHostKey = key.toString("base64");
      return seenHostKey === hostKeyParts(connection).base64;
    };
    try {
      client.connect({ ...authentication(connection), ...transport(connection, timeout), sock: socket, hostVerifier });
    } catch (error) {
      // An unusable key is thrown, not reported.
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** A TCP connection without Nagle's delay, which costs ssh2 about 40 ms for every short command. */
function openSocket(host: string, port: number, timeout: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, timeout });
    socket.setNoDelay(true);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("error");
      // It may end while it waits for its turn; an error that nobody hears would end the process.
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("timeout", () => socket.destroy(new Error(`no answer within ${timeout / 1000} s`)));
    socket.once("error", reject);
  });
}

function transport(connection: Connection, timeout: number): ConnectConfig {
  return {
    readyTimeout: timeout,
    // A cut network must not hang a step: give up after 3 unanswered probes, about a minute.
    keepaliveInterval: 20_000,
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: [hostKeyParts(connection).algorithm] },
  };
}

function authentication(connection: Connection): ConnectConfig {
  const { privateKey, privateKeyPassword, password } = connection;
  const agent = connection.agentSocketPath ?? process.env["SSH_AUTH_SOCK"];
  return {
    username: connection.user ?? "root",
    ...(privateKey ? { privateKey } : {}),
    ...(privateKeyPassword ? { passphrase: privateKeyPassword } : {}),
    ...(password ? { password } : {}),
    ...(!privateKey && !password && agent ? { agent } : {}),
  };
}

function hostKeyParts(connection: Connection): { algorithm: ServerHostKeyAlgorithm; base64: string } {
  const [algorithm = "", base64 = ""] = connection.hostKey.trim().split(/\s+/);
  return { algorithm: algorithm as ServerHostKeyAlgorithm, base64 };
}

function dialError(connection: Connection, error: Error & { level?: string }, seenHostKey: string | undefined): Error {
  const { algorithm, base64 } = hostKeyParts(connection);
  if (seenHostKey !== undefined && seenHostKey !== base64) {
    return new FinalDialError(
      `the host's key is not the one in hostKey: it answered with ${algorithm} ${seenHostKey}; ` +
        `if the host was reinstalled, set its new hostKey, else someone may be in between`,
    );
  }
  if (error.level === "client-authentication") {
    return new FinalDialError(
      `login refused (${error.message}); check the user and the private key, password or agent`,
    );
  }
  // ssh2 reports an unusable key without a level, before it connects.
  if (/privateKey|passphrase/i.test(error.message))
    return new FinalDialError("the private key cannot be used (wrong format or passphrase)");
  return error;
}
