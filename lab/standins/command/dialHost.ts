import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, utils, type AuthenticationType, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { messageOf } from "../../../base/errorMessage";
import type { Connection } from "./commandInputs";

/** Backoff between attempts. Source: pulumi/pulumi sdk/go/common/util/retry/until.go. */
const firstDelayMs = 100;
const maxDelayMs = 5000;
const delayFactor = 1.5;

/** The options that pin the host's key; none when the connection has none, as the real provider then accepts any. */
function hostKeyOptions(hostKey: string | undefined): Partial<ConnectConfig> {
  if (hostKey === undefined) return {};
  const parsed = utils.parseKey(hostKey);
  if (parsed instanceof Error) throw new Error(`failed to parse host key: ${parsed.message}`);
  const expected = parsed.getPublicSSH();
  const algorithms = { serverHostKey: [parsed.type as ServerHostKeyAlgorithm] };
  return { algorithms, hostVerifier: (key: Buffer) => key.equals(expected) };
}

/** Fails when nothing listens on the agent's socket: the real provider does so even where it has a key as well. */
async function requireAgent(path: string): Promise<void> {
  const socket = connect(path);
  await once(socket, "connect").catch((error: unknown) => {
    throw new Error(`SSH agent: ${messageOf(error)}`, { cause: error });
  });
  socket.end();
}

async function connectOptions(connection: Connection): Promise<ConnectConfig> {
  const { host, port, user, password, privateKey, privateKeyPassword, perDialTimeout, hostKey } = connection;
  if (privateKey !== undefined) {
    const key = utils.parseKey(privateKey, privateKeyPassword);
    if (key instanceof Error) throw new Error(`connection.privateKey: ${key.message}`);
  }
  const agent = connection.agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
  if (agent !== undefined) await requireAgent(agent);
  const methods: [AuthenticationType, string | undefined][] = [
    ["publickey", privateKey],
    ["password", password],
    ["agent", agent],
  ];
  return {
    ...{ host, port, username: user, password, privateKey, passphrase: privateKeyPassword, agent },
    authHandler: ["none", ...methods.flatMap(([method, means]) => (means === undefined ? [] : [method]))],
    // The whole handshake, where the real provider bounds the TCP connect only and may hang after it.
    readyTimeout: perDialTimeout * 1000,
    ...hostKeyOptions(hostKey),
  };
}

function connectOnce(options: ConnectConfig): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.once("ready", () => resolve(client));
    // Stays for the client's whole life: an error without a listener would end the plugin.
    client.on("error", ({ message }) => {
      const reason = /^Host denied/.test(message) ? "host key mismatch (connection.hostKey)" : message;
      reject(new Error(`ssh: handshake with ${options.host}:${options.port} failed: ${reason}`));
    });
    client.once("close", () => reject(new Error(`ssh: ${options.host}:${options.port} closed the connection`)));
    client.connect(options).setNoDelay(true);
  });
}

/**
 * Connects, trying again after a failure up to `dialErrorLimit` times.
 * @throws Error `after N failed attempts: ...`; at once when the key, the host key or the agent cannot be used at all.
 */
export async function dialHost(
  connection: Connection,
  onRetry: (message: string) => void,
  signal: AbortSignal,
): Promise<Client> {
  const options = await connectOptions(connection);
  const limit = connection.dialErrorLimit;
  for (let attempt = 1, delay = firstDelayMs; ; attempt++, delay = Math.min(delay * delayFactor, maxDelayMs)) {
    try {
      return await connectOnce(options);
    } catch (error) {
      if (limit > -1 && attempt > limit) {
        throw new Error(`after ${limit} failed attempts: ${messageOf(error)}`, { cause: error });
      }
      onRetry(`Dial ${attempt}/${limit === -1 ? "inf" : limit} failed: retrying`);
    }
    await sleep(delay, undefined, { signal });
  }
}
