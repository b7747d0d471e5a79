import { constants } from "node:os";
import type { Client, ClientChannel } from "ssh2";
import type { EngineLog } from "../protocol/engineLog";
import type { CommandInputs } from "./commandInputs";
import { dialHost } from "./dialHost";

/** What a command printed, one trailing newline of each stream taken off. */
export interface CommandOutput {
  [stream: string]: string;
  stdout: string;
  stderr: string;
}

export interface HostRun {
  inputs: CommandInputs;
  command: string;
  /** Output of the run before, given to this one as PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR. */
  previous: CommandOutput;
  urn: string;
  log: EngineLog;
  signal: AbortSignal;
}

/** The variables to ask for; a server takes them only where its AcceptEnv lists them, and does not say when it refuses. */
function environmentOf({ inputs, previous }: HostRun): Record<string, string> {
  const environment = { ...inputs.environment };
  if (inputs.addPreviousOutputInEnv && previous.stdout !== "") environment.PULUMI_COMMAND_STDOUT = previous.stdout;
  if (inputs.addPreviousOutputInEnv && previous.stderr !== "") environment.PULUMI_COMMAND_STDERR = previous.stderr;
  return environment;
}

/** Passes whole lines of a stream to `write` as they come. */
function lineLogger(write: (line: string) => void): (chunk: Buffer | undefined) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + (chunk?.toString() ?? "")).split("\n");
    rest = chunk === undefined ? "" : (lines.pop() ?? "");
    lines.filter((line) => line !== "").forEach(write);
  };
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

/** Collects both streams, apart and in the order of arrival, and logs their lines where the inputs ask for it. */
function collect(channel: ClientChannel, run: HostRun) {
  const chunks: Record<"stdout" | "stderr" | "both", Buffer[]> = { stdout: [], stderr: [], both: [] };
  const logging = run.inputs.logging.toLowerCase();
  const listen = (stream: "stdout" | "stderr", source: NodeJS.ReadableStream) => {
    const log = lineLogger((line) => run.log.status(line, run.urn));
    source.on("data", (chunk: Buffer) => {
      chunks[stream].push(chunk);
      chunks.both.push(chunk);
      if (logging.includes(stream)) log(chunk);
    });
    return log;
  };
  const logs = [listen("stdout", channel), listen("stderr", channel.stderr)];
  channel.once("close", () => logs.forEach((log) => log(undefined)));
  return (stream: keyof typeof chunks) => Buffer.concat(chunks[stream]).toString();
}

function execute(client: Client, run: HostRun): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    client.once("close", () => reject(new Error("ssh: the connection was closed")));
    client.exec(run.command, { env: environmentOf(run) }, (error, channel) => {
      if (error) return reject(error);
      // All listeners at once, here: a quick command's exit status comes with the same packet as the session.
      const text = collect(channel, run);
      let failure = exitFailure(undefined, undefined);
      channel.once("exit", (code: number | null, signal?: string) => (failure = exitFailure(code, signal)));
      channel.once("close", () => {
        if (failure === undefined) {
          resolve({ stdout: text("stdout").replace(/\n$/, ""), stderr: text("stderr").replace(/\n$/, "") });
        } else {
          reject(new Error(`${failure}: running ${JSON.stringify(run.command)}:\n${text("both")}`));
        }
      });
      // A command that ends without reading its stdin is no failure.
      channel.on("error", () => {});
      channel.end(run.inputs.stdin ?? "");
    });
  });
}

/**
 * Runs one command in its own SSH connection.
 * @throws Error as the real provider words it: `Process exited with status N: running "<command>":\n<output>`. The text
 * holds command and output, so secrets belong into stdin.
 */
export async function runOnHost(run: HostRun): Promise<CommandOutput> {
  const client = await dialHost(run.inputs.connection, (message) => run.log.status(message, run.urn), run.signal);
  try {
    return await execute(client, run);
  } finally {
    client.end();
  }
}
