import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { insecure } from "../../engine/rpc";

const severities = { info: LogSeverity.INFO, warning: LogSeverity.WARNING };

/** Log lines to the engine, or to stderr where no engine is known. Lost lines are no reason to fail an operation. */
export class EngineLog {
  private readonly client?: EngineClient;

  /** @param address host:port of the Engine service, as the engine gives it in argv. */
  constructor(address?: string) {
    if (address !== undefined) this.client = new EngineClient(address, insecure);
  }

  /** Writes a lasting line; `urn` ties it to a resource. */
  write(severity: keyof typeof severities, message: string, urn = ""): void {
    this.send(new LogRequest().setSeverity(severities[severity]).setMessage(message).setUrn(urn));
  }

  /** Shows a line of progress beside the resource, gone when the run ends. */
  status(message: string, urn: string): void {
    this.send(new LogRequest().setSeverity(severities.info).setMessage(message).setUrn(urn).setEphemeral(true));
  }

  private send(request: LogRequest): void {
    if (this.client === undefined) process.stderr.write(`${request.getMessage()}\n`);
    else this.client.log(request, () => {});
  }
}
