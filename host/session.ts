import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client, ClientChannel } from "ssh2";
import { tendHeap } from "../base/heap";
import { sha256 } from "../base/sha256";
import { describeConnection } from "./connection";
import type { Connection } from "./connection";
import { LookBatch } from "./lookBatch";
import { dial } from "./sshClient";
import { feedTransfer, scriptBeforeBytes } from "./transfer";
import type { Transfer } from "./transfer";

/** Longest time one script may run, in milliseconds; installing packages is the slowest of them. */
const defaultDeadline = 10 * 60_000;

/** Longest time in which not one byte may come or go while many are on their way, in milliseconds. A host may write a file to its disk then. */
const longestSilence = 2 * 60_000;

/** Most that one script may print, in bytes: the process that collects it serves all hosts. Changed files are what is largest. */
const longestOutput = 32 << 20;

/** What a script left behind. */
export interface ScriptResult {
  stdout: string;
  stderr: string;
  /** Exit status; null when a signal ended the script. */
  code: number | null;
}

/** A script that ended with another status than 0. */
export class ScriptFailure extends Error {
  constructor(
    message: string,
    /** Exit status; null when a signal ended the script. */
    readonly code: number | null,
  ) {
    super(message);
    this.name = "ScriptFailure";
  }
}

/** The connection ended, or no answer came, while something ran on the host, which may go on there. */
export class SessionLost extends Error {
  override readonly name = "SessionLost";
}

/** One SSH connection to one host. Scripts run as root, and reach the host on standard input only, never in an argument list. */
export class Session {
  private turn: Promise<unknown> = Promise.resolve();
  private readonly looks = new LookBatch((script) => this.mustRun("looking at the host", script));

  constructor(
    private readonly client: Client,
    private readonly connection: Connection,
  ) {}

  /** Runs a POSIX shell script as root. */
  async run(script: string, deadline = defaultDeadline): Promise<ScriptResult> {
    return this.execute("sh -s", (channel) => pipeline(Readable.from([script]), channel), deadline);
  }

  /** Runs a script that has to succeed. @throws Error with the host, what was being done and the script's error output. */
  async mustRun(purpose: string, script: string): Promise<string> {
    return this.demand(purpose, await this.run(script));
  }

  /** Runs a script that only reads and has to succeed, together with others that are asked for at the same time. */
  async look(purpose: string, script: string): Promise<string> {
    const { output, code } = await this.looks.look(script);
    return this.demand(purpose, { stdout: output, stderr: code === 0 ? "" : output, code });
  }

  private demand(purpose: string, result: ScriptResult): string {
    if (result.code === 0) return result.stdout;
    const refusal = /^sudo: (.*)/m.exec(result.stderr)?.[1];
    if (refusal !== undefined && /password|tty|not allowed|sudoers|not found/.test(refusal))
      throw this.sudoRefused(refusal);
    // A shell or sudo between gives a signal on as a status above 128.
    const bySignal = result.code === null || result.code > 128;
    const ended = bySignal ? "a signal ended the script on the host" : `exit status ${result.code}`;
    const said = printable(result.stderr.trim() || result.stdout.trim() || "it said nothing");
    const detail = said.split("\n").slice(-25).join("\n");
    const message = `${describeConnection(this.connection)}: ${purpose} failed (${ended}):\n${detail}`;
    throw new ScriptFailure(message, result.code);
  }

  private sudoRefused(refusal: string): Error {
    const user = this.connection.user ?? "root";
    return new Error(
      `${describeConnection(this.connection)}: sudo refuses user ${user} (${printable(refusal)}): it must work without a password ` +
        `and without a terminal; log in as root, or add a sudoers rule: ${user} ALL=(ALL) NOPASSWD: ALL (and no requiretty for it)`,
    );
  }

  /**
   * Runs a script that has to succeed, with bytes behind it on its standard input. It may take as long as it needs, while bytes come
   * or go.
   */
  async transfer(purpose: string, script: string, transfer: Transfer): Promise<string> {
    const feed = (channel: ClientChannel, alive: () => void): Promise<void> =>
      feedTransfer(channel, script, transfer, alive);
    return this.demand(purpose, await this.execute(scriptBeforeBytes, feed, longestSilence));
  }

  /** Runs one change after the other: two changes of one host never overlap. */
  async exclusive<T>(change: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(change, change);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private execute(
    command: string,
    feed: (channel: ClientChannel, alive: () => void) => Promise<void>,
    deadline: number,
  ): Promise<ScriptResult> {
    const user = this.connection.user ?? "root";
    return new Promise((resolve, reject) => {
      const host = describeConnection(this.connection);
      let open: ClientChannel | undefined;
      const timer = setTimeout(() => {
        finish(new SessionLost(`${host}: no answer within ${deadline / 1000} s`));
        open?.close();
      }, deadline);
      const lost = (): void => finish(new SessionLost(`${host}: the connection was lost while a script ran`));
      const finish = (outcome: Error | ScriptResult): void => {
        clearTimeout(timer);
        tendHeap();
        this.client.removeListener("close", lost);
        if ("stdout" in outcome) resolve(outcome);
        else reject(outcome);
      };
      this.client.once("close", lost);
      this.client.exec(user === "root" ? command : `sudo -n ${command}`, (error, channel) => {
        if (error) return finish(new SessionLost(`${host}: ${error.message}`, { cause: error }));
        open = channel;
        collect(channel, (outcome) =>
          finish(
            outcome instanceof Error ? new SessionLost(`${host}: ${outcome.message}`, { cause: outcome }) : outcome,
          ),
        );
        // A script that ends early closes its input: its exit status says more than the broken pipe.
        feed(channel, () => timer.refresh()).catch((error: NodeJS.ErrnoException) =>
          // What fails on this side is a system call: the file is gone, the disk is broken.
          error.syscall === undefined ? undefined : finish(error),
        );
      });
    });
  }
}

/** Control characters of a host's output, escaped: they could rewrite what a terminal shows. Line breaks and tabs stay. */
function printable(text: string): string {
  const escaped = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return text.replace(/(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, escaped);
}

function collect(channel: ClientChannel, finish: (outcome: Error | ScriptResult) => void): void {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let code: number | null = null;
  let bytes = 0;
  const keep = (chunks: Buffer[], chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= longestOutput) return void chunks.push(chunk);
    finish(new Error(`a script printed more than ${longestOutput >> 20} MiB; look at what the host has in its way`));
    channel.close();
  };
  channel.on("data", (chunk: Buffer) => keep(stdout, chunk));
  channel.stderr.on("data", (chunk: Buffer) => keep(stderr, chunk));
  channel.on("exit", (status: number | null) => (code = status));
  channel.on("error", finish);
  channel.on("close", () => {
    finish({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), code });
  });
}

const sessions = new Map<string, Promise<Session>>();

/** Hosts that did not answer: key -> when that was known, and the error. */
const silent = new Map<string, { at: number; error: unknown }>();

/** How long a host that did not answer is not asked again by a look, in milliseconds: a refresh looks many times. */
const silenceLasts = 60_000;

/**
 * The session to a host, opened at its first use in this process and shared by every resource of the host: one SSH
 * connection a host a run. A connection that was lost is opened again at the next use.
 */
export async function openSession(connection: Connection): Promise<Session> {
  tendHeap();
  const key = keyOf(connection);
  const known = sessions.get(key);
  if (known) return known;
  const opening = dial(connection).then((client) => {
    client.once("close", () => sessions.delete(key));
    client.on("error", () => sessions.delete(key));
    return new Session(client, connection);
  });
  sessions.set(key, opening);
  opening.then(
    () => silent.delete(key),
    (error: unknown) => {
      sessions.delete(key);
      silent.set(key, { at: Date.now(), error });
    },
  );
  return opening;
}

/** As {@link openSession}, but a host that has just not answered is not waited for again. */
export async function openSessionToRead(connection: Connection): Promise<Session> {
  const key = keyOf(connection);
  const last = silent.get(key);
  if (last !== undefined && Date.now() - last.at < silenceLasts) throw last.error;
  return openSession(connection);
}

function keyOf(connection: Connection): string {
  return sha256(JSON.stringify(connection));
}
