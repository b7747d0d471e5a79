import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Where a plugin says what the user is to see. */
export interface Log {
  /** Writes a lasting line; `urn` ties it to a resource. Who waits for it has it shown even if the run ends at once. */
  write(severity: "info" | "warning", message: string, urn?: string): Promise<void>;
  /** Shows a line of progress beside the resource, gone when the run ends. */
  status(message: string, urn: string): void;
}

/** The log of the engine that started the plugin. Lost lines are no reason to fail an operation. */
export class EngineLog implements Log {
  private readonly client: EngineClient;

  /** @param address host:port of the Engine service. */
  constructor(address: string) {
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  write(severity: "info" | "warning", message: string, urn = ""): Promise<void> {
    const number = severity === "info" ? LogSeverity.INFO : LogSeverity.WARNING;
    return this.send(new LogRequest().setSeverity(number).setMessage(message).setUrn(urn));
  }

  status(message: string, urn: string): void {
    void this.send(new LogRequest().setSeverity(LogSeverity.INFO).setMessage(message).setUrn(urn).setEphemeral(true));
  }

  private send(request: LogRequest): Promise<void> {
    return new Promise((resolve) => this.client.log(request, () => resolve()));
  }
}
