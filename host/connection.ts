import * as pulumi from "@pulumi/pulumi";
import { kept, seal, unseal } from "../base/sealed";

/**
 * How a host is reached over SSH. Field names are those of `@pulumi/command`'s `ConnectionArgs`
 * (https://www.pulumi.com/registry/packages/command/api-docs/remote/command/#connection), so that one object serves both.
 *
 * @example
 * const connection: Connection = { host: "10.0.0.11", hostKey: "ssh-ed25519 AAAAC3Nz...", privateKey: key };
 */
export interface Connection {
  /** Address or name of the host. */
  host: string;
  /** TCP port of sshd. @default 22 */
  port?: number;
  /** Login user; any user but root needs passwordless sudo. @default "root" */
  user?: string;
  /** Private key in OpenSSH or PEM format. Secret. */
  privateKey?: string;
  /** Passphrase of `privateKey`. Secret. */
  privateKeyPassword?: string;
  /** Login password. Secret. */
  password?: string;
  /** Socket of an SSH agent, used when there is neither key nor password. @default $SSH_AUTH_SOCK of the provider process */
  agentSocketPath?: string;
  /**
   * The host's public key in authorized_keys format, as `ssh-keyscan` prints it after the address. Always checked: a host
   * with another key is refused and nothing is sent to it.
   */
  hostKey: string;
  /** Seconds one attempt may take, to the end of authentication. @default 15 */
  perDialTimeout?: number;
  /** Attempts before the host counts as unreachable. A refused login or a wrong host key is never tried again. @default 3 */
  dialErrorLimit?: number;
}

/** A connection whose fields are known one by one. */
type ConnectionInput = { [K in keyof Connection]: pulumi.Input<Connection[K]> };

/** What was made of a connection: all resources of a host are given the same one, and each Output costs a program some kilobytes. */
const inputs = new WeakMap<object, ConnectionInput>();

/**
 * A connection as an input of a resource: key, passphrase and password secret, the rest to be seen in a diff, so that a
 * reader knows whether the host moved or only its key changed. Fields that are secret by themselves stay so.
 *
 * @throws Error, or fails where it is only known later, if there is no hostKey to know the host by.
 */
export function connectionInput(connection: pulumi.Input<ConnectionInput>): ConnectionInput {
  const made = inputs.get(connection) ?? newInput(connection);
  inputs.set(connection, made);
  return made;
}

function newInput(connection: pulumi.Input<ConnectionInput>): ConnectionInput {
  const given = isKnown(connection) ? connection : undefined;
  if (given !== undefined && isAbsent(given.hostKey)) withHostKey(given as Connection);
  const whole = pulumi.secret(connection).apply((all) => withHostKey(all as Connection));
  const open = <K extends keyof Connection>(key: K): pulumi.Input<Connection[K]> =>
    given === undefined ? pulumi.unsecret(whole.apply((all) => all[key])) : (given[key] as pulumi.Input<Connection[K]>);
  return {
    host: open("host"),
    port: open("port"),
    user: open("user"),
    hostKey: open("hostKey"),
    agentSocketPath: open("agentSocketPath"),
    perDialTimeout: open("perDialTimeout"),
    dialErrorLimit: open("dialErrorLimit"),
    privateKey: whole.apply(({ privateKey }) => privateKey),
    privateKeyPassword: whole.apply(({ privateKeyPassword }) => privateKeyPassword),
    password: whole.apply(({ password }) => password),
  };
}

function isKnown(connection: pulumi.Input<ConnectionInput>): connection is ConnectionInput {
  return !pulumi.Output.isInstance(connection) && !(connection instanceof Promise);
}

function isAbsent(hostKey: unknown): boolean {
  return hostKey === undefined || hostKey === null || hostKey === "";
}

/**
 * The connection, if it says by which key the host is known. Types say that it does, but JavaScript and configuration that is read
 * as it stands know no types, and @pulumi/command trusts any host where there is none.
 *
 * @throws Error naming the host
 */
export function withHostKey(connection: Connection): Connection {
  if (!isAbsent(connection.hostKey)) return connection;
  throw new Error(
    `connection to ${connection.host}: hostKey is required; write the SSH server's public key, as in the host's /etc/ssh/ssh_host_ed25519_key.pub`,
  );
}

/** `user@host:port`, the way error messages name a host. */
export function describeConnection(connection: Connection): string {
  return `${connection.user ?? "root"}@${connection.host}:${connection.port ?? 22}`;
}

const secretFields = ["privateKey", "privateKeyPassword", "password"] as const;

/** A connection whose secrets are sealed, for a resource's inputs: what its outputs say is enough to reach the host later. */
export function sealConnection(connection: Connection): Connection {
  return withSecrets(connection, seal);
}

/** The connection of {@link sealConnection}, or of {@link keptConnection}. */
export function unsealConnection(connection: Connection): Connection {
  return withSecrets(connection, unseal);
}

/** A connection for a resource's outputs, from which {@link unsealConnection} reaches the host without a program. */
export function keptConnection(connection: Connection): Connection {
  return withSecrets(connection, kept);
}

/** Fields that are not given are left out; a connection that is not known yet as a whole is a text. */
function withSecrets(connection: Connection, change: (secret: string) => string): Connection {
  if (typeof connection !== "object") return connection;
  const { host, hostKey, ...options } = connection;
  for (const field of secretFields) {
    const secret = options[field];
    if (typeof secret === "string") options[field] = change(secret);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null);
  return { host, hostKey, ...(Object.fromEntries(given) as typeof options) };
}
