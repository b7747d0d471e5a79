import { constants } from "node:os";
import type { Client } from "ssh2";
import type { Call } from "../protocol/standIn";
import type { Connection } from "./commandInputs";
import { dialHost } from "./dialHost";

/** What a command printed, one trailing newline of each stream taken off. */
export interface CommandOutput {
  [stream: string]: string;
  stdout: string;
  stderr: string;
}

/** How a session ended, in the words of Go's x/crypto/ssh ExitError; undefined for success. */
function exitFailure(code: number | null, signal: string | undefined): string | undefined {
  if (code === 0) return undefined;
  if (signal === undefined) return `Process exited with status ${code}`;
  const name = signal.replace(/^SIG/, "");
  const number = (constants.signals as Partial<Record<string, number>>)[`SIG${name}`] ?? 0;
  return `Process exited with status ${code || 128 + number} from signal ${name}`;
}

function execute(client: Client, command: string, stdin: string): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    client.once("close", () => reject(new Error("ssh: the connection was closed")));
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      // All listeners at once, here: a quick command's exit status comes with the same packet as the session.
      const output: [Buffer, "stdout" | "stderr"][] = [];
      channel.on("data", (chunk: Buffer) => output.push([chunk, "stdout"]));
      channel.stderr.on("data", (chunk: Buffer) => output.push([chunk, "stderr"]));
      let failure: string | undefined = "wait: remote command exited without exit status or exit signal";
      channel.once("exit", (code: number | null, signal?: string) => (failure = exitFailure(code, signal)));
      channel.once("close", () => {
        const text = (...streams: string[]) =>
          Buffer.concat(output.flatMap(([chunk, stream]) => (streams.includes(stream) ? [chunk] : []))).toString();
        if (failure !== undefined) {
          return reject(new Error(`${failure}: running ${JSON.stringify(command)}:\n${text("stdout", "stderr")}`));
        }
        resolve({ stdout: text("stdout").replace(/\n$/, ""), stderr: text("stderr").replace(/\n$/, "") });
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
export async function runOnHost(
  connection: Connection,
  command: string,
  stdin: string,
  { log, urn, signal }: Call,
): Promise<CommandOutput> {
  const client = await dialHost(connection, (message) => log.status(message, urn), signal);
  try {
    return await execute(client, command, stdin);
  } finally {
    client.end();
  }
}
