import { Client } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { call, insecure } from "../../engine/rpc";

/** Log lines to the engine, or to stderr where no engine is known. Lost lines are no reason to fail an operation. */
export class EngineLog {
  private readonly client?: Client;

  /** @param address host:port of the Engine service, as the engine gives it in argv. */
  constructor(address?: string) {
    if (address !== undefined) this.client = new Client(address, insecure);
  }

  /** Writes a lasting line; `urn` ties it to a resource. */
  write(severity: "info" | "warning", message: string, urn = ""): void {
    const number = severity === "info" ? LogSeverity.INFO : LogSeverity.WARNING;
    this.send(new LogRequest().setSeverity(number).setMessage(message).setUrn(urn));
  }

  /** Shows a line of progress beside the resource, gone when the run ends. */
  status(message: string, urn: string): void {
    this.send(new LogRequest().setSeverity(LogSeverity.INFO).setMessage(message).setUrn(urn).setEphemeral(true));
  }

  private send(request: LogRequest): void {
    if (this.client === undefined) process.stderr.write(`${request.getMessage()}\n`);
    else call(this.client, EngineService.log, request).catch(() => undefined);
  }
}
