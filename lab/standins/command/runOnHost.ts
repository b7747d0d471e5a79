import { constants } from "node:os";
import type { Client } from "ssh2";
import type { EngineLog } from "../protocol/engineLog";
import type { Connection } from "./commandInputs";
import { dialHost } from "./dialHost";

/** What a command printed, one trailing newline of each stream taken off. */
export interface CommandOutput {
  [stream: string]: string;
  stdout: string;
  stderr: string;
}

export interface HostRun {
  connection: Connection;
  command: string;
  stdin: string;
  urn: string;
  log: EngineLog;
  signal: AbortSignal;
}

/** How a session ended, in the words of Go's x/crypto/ssh ExitError; undefined for success. */
function exitFailure(code: number | null | undefined, signal: string | undefined): string | undefined {
  if (code === 0) return undefined;
  if (signal) {
    const name = signal.replace(/^SIG/, "");
    const number = (constants.signals as Partial<Record<string, number>>)[`SIG${name}`] ?? 0;
    return `Process exited with status ${code || 128 + number} from signal ${name}`;
  }
  if (typeof code === "number") return `Process exited with status ${code}`;
  return "wait: remote command exited without exit status or exit signal";
}

function execute(client: Client, { command, stdin }: HostRun): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    client.once("close", () => reject(new Error("ssh: the connection was closed")));
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      // All listeners at once, here: a quick command's exit status comes with the same packet as the session.
      const output: [Buffer, "stdout" | "stderr"][] = [];
      channel.on("data", (chunk: Buffer) => output.push([chunk, "stdout"]));
      channel.stderr.on("data", (chunk: Buffer) => output.push([chunk, "stderr"]));
      let failure = exitFailure(undefined, undefined);
      channel.once("exit", (code: number | null, signal?: string) => (failure = exitFailure(code, signal)));
      channel.once("close", () => {
        const text = (...streams: string[]) => {
          const chunks = output.filter(([, stream]) => streams.includes(stream)).map(([chunk]) => chunk);
          return Buffer.concat(chunks).toString();
        };
        if (failure === undefined) {
          resolve({ stdout: text("stdout").replace(/\n$/, ""), stderr: text("stderr").replace(/\n$/, "") });
        } else {
          reject(new Error(`${failure}: running ${JSON.stringify(command)}:\n${text("stdout", "stderr")}`));
        }
      });
      // A command that ends without reading its stdin is no failure.
      channel.on("error", () => {});
      channel.end(stdin);
    });
  });
}

/**
 * Runs one command in its own SSH connection.
 * @throws Error as the real provider words it: `Process exited with status N: running "<command>":\n<output>`. The text
 * holds command and output, so secrets belong into stdin.
 */
export async function runOnHost(run: HostRun): Promise<CommandOutput> {
  const client = await dialHost(run.connection, (message) => run.log.status(message, run.urn), run.signal);
  try {
    return await execute(client, run);
  } finally {
    client.end();
  }
}
