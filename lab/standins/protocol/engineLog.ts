import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Severity names of Pulumi's Engine service. */
export type Severity = "debug" | "info" | "warning" | "error";

const severities = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** Log lines to the engine, or to stderr while no engine is known. Lost lines are no reason to fail an operation. */
export class EngineLog {
  private client?: EngineClient;

  /** @param address host:port of the Engine service, as the engine gives it in argv or by Attach. */
  constructor(address?: string) {
    if (address) this.attach(address);
  }

  attach(address: string): void {
    this.client?.close();
    this.client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  /** Writes a lasting line; `urn` ties it to a resource. */
  write(severity: Severity, message: string, urn = ""): void {
    this.send(severity, message, urn, false);
  }

  /** Shows a line of progress beside the resource, gone when the run ends. */
  status(message: string, urn: string): void {
    this.send("info", message, urn, true);
  }

  private send(severity: Severity, message: string, urn: string, ephemeral: boolean): void {
    if (this.client === undefined) {
      process.stderr.write(`${severity}: ${message}\n`);
      return;
    }
    const request = new LogRequest()
      .setSeverity(severities[severity])
      .setMessage(message)
      .setUrn(urn)
      .setEphemeral(ephemeral);
    this.client.log(request, () => {});
  }
}
