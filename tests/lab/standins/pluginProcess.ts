import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { serve, unary } from "../../../lab/standins/protocol/rpc";

/** The Engine service that plugins log to. */
export class FakeEngine {
  readonly lines: string[] = [];
  address = "";
  stop = (): void => undefined;

  async start(): Promise<this> {
    const log = unary((request: LogRequest) => {
      this.lines.push(request.getMessage());
      return new Empty();
    });
    return Object.assign(this, await serve([EngineService, { log }]));
  }
}

/** The port that a plugin prints once it serves. @throws Error when it ends or is silent instead. */
export async function portOf(plugin: ChildProcess): Promise<number> {
  if (plugin.stdout === null) throw new Error("the plugin's standard output is not piped");
  const lines = createInterface({ input: plugin.stdout });
  const ended = setTimeout(() => lines.close(), 30_000);
  try {
    for await (const line of lines) if (/^\d+$/.test(line)) return Number(line);
  } finally {
    clearTimeout(ended);
  }
  throw new Error(`${plugin.spawnfile} printed no port`);
}

/** Starts a plugin as the Pulumi CLI does. */
export function startPlugin(executable: string, engine: FakeEngine, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(executable, [engine.address], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
}
