import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { channelOptions } from "../../engine/rpc";
import { fromWire, revealMap, type PropertyMap } from "../../engine/values";
import type { EngineLog } from "./engineLog";
import type { ResourceHandler, ResourceRequest, StandIn, TargetRequest } from "./standIn";
import { writeChecked, writeDiff, writeError, writeMap } from "./wire";

/** Sent as the plugin's version: its SDK's, so that the engine finds it recent enough; the build part says what it is. */
function standInVersion(name: string): string {
  const file = readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8");
  return `${(JSON.parse(file) as { version: string }).version}+stand-in`;
}

function unary<Request, Response>(handle: (request: Request) => Response | Promise<Response>) {
  const handler: grpc.handleUnaryCall<Request, Response> = (call, callback) => {
    Promise.resolve(call.request)
      .then(handle)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(writeError(error)),
      );
  };
  return handler;
}

/** Serves one stand-in over Pulumi's ResourceProvider protocol: marshalling here, behaviour in the {@link StandIn}. */
class PluginService {
  private readonly cancellation = new AbortController();

  constructor(
    private readonly standIn: StandIn,
    private readonly log: EngineLog,
  ) {}

  /** The methods served; gRPC answers UNIMPLEMENTED to the others, which the engine understands. */
  methods(): grpc.UntypedServiceImplementation {
    const { name, checkConfig, diffConfig } = this.standIn;
    return {
      getPluginInfo: unary(() => new PluginInfo().setVersion(standInVersion(name))),
      cancel: unary(() => {
        this.cancellation.abort(new Error("the operation was cancelled"));
        return new Empty();
      }),
      checkConfig: unary((request: proto.CheckRequest) => {
        const inputs = fromWire(request.getNews());
        return writeChecked({ inputs, failures: checkConfig?.(revealMap(inputs)) ?? [] });
      }),
      ...(diffConfig && {
        diffConfig: unary((request: proto.DiffRequest) =>
          writeDiff(diffConfig(revealMap(fromWire(request.getOlds())), revealMap(fromWire(request.getNews())))),
        ),
      }),
      configure: unary((request: proto.ConfigureRequest) => this.configure(request)),
      check: unary((request: proto.CheckRequest) =>
        writeChecked(this.handlerOf(request.getUrn()).check(this.take(request.getNews()))),
      ),
      diff: unary((request: proto.DiffRequest) => this.diff(request)),
      create: unary((request: proto.CreateRequest) => this.create(request)),
      read: unary((request: proto.ReadRequest) => this.read(request)),
      update: unary((request: proto.UpdateRequest) => this.update(request)),
      delete: unary((request: proto.DeleteRequest) => this.delete(request)),
    };
  }

  private handlerOf(urn: string): ResourceHandler {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const { name, resources } = this.standIn;
    const handler = resources[type];
    if (handler !== undefined) return handler;
    throw new Error(
      `the stand-in for the ${name} plugin does not serve ${type}, only ${Object.keys(resources).join(", ")}; ` +
        `install the real plugin (pulumi plugin install resource ${name}) to use this type`,
    );
  }

  private request(urn: string): ResourceRequest {
    return { urn, name: urn.split("::")[3] ?? "", log: this.log, signal: this.cancellation.signal };
  }

  private target(message: proto.ReadRequest | proto.DeleteRequest): TargetRequest {
    return { ...this.request(message.getUrn()), id: message.getId(), state: this.take(message.getProperties()) };
  }

  /** Properties for a handler: without secret marks when the real provider takes none. */
  private take(struct: Struct | undefined): PropertyMap {
    const map = fromWire(struct);
    return this.standIn.acceptSecrets ? map : revealMap(map);
  }

  private configure(request: proto.ConfigureRequest): proto.ConfigureResponse {
    this.standIn.configure?.(revealMap(fromWire(request.getArgs())));
    this.log.write("info", `${this.standIn.name}: served by a stand-in, not by the real plugin`);
    return new proto.ConfigureResponse().setAcceptsecrets(this.standIn.acceptSecrets).setSupportspreview(true);
  }

  private diff(request: proto.DiffRequest): proto.DiffResponse {
    const [state, news] = [this.take(request.getOlds()), this.take(request.getNews())];
    return writeDiff(this.handlerOf(request.getUrn()).diff(state, news, request.getIgnorechangesList()));
  }

  private async create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
    const [urn, inputs] = [request.getUrn(), this.take(request.getProperties())];
    const call = { ...this.request(urn), inputs, preview: request.getPreview() };
    const { id, outputs } = await this.handlerOf(urn).create(call);
    return new proto.CreateResponse().setId(id).setProperties(writeMap(outputs));
  }

  private async read(request: proto.ReadRequest): Promise<proto.ReadResponse> {
    const call = { ...this.target(request), inputs: this.take(request.getInputs()) };
    if (Object.keys(call.state).length === 0) throw new Error("the stand-ins import nothing; the real plugins do");
    const found = await this.handlerOf(request.getUrn()).read?.(call);
    const { id, outputs, inputs } = found ?? { ...call, outputs: call.state };
    if (id === "") return new proto.ReadResponse();
    return new proto.ReadResponse().setId(id).setProperties(writeMap(outputs)).setInputs(writeMap(inputs));
  }

  private async update(request: proto.UpdateRequest): Promise<proto.UpdateResponse> {
    const outputs = await this.handlerOf(request.getUrn()).update({
      ...this.request(request.getUrn()),
      id: request.getId(),
      state: this.take(request.getOlds()),
      news: this.take(request.getNews()),
      preview: request.getPreview(),
    });
    return new proto.UpdateResponse().setProperties(writeMap(outputs));
  }

  private async delete(request: proto.DeleteRequest): Promise<Empty> {
    await this.handlerOf(request.getUrn()).delete?.(this.target(request));
    return new Empty();
  }
}

/** A gRPC server with the stand-in on a free loopback port, and that port. */
export async function startPluginServer(
  standIn: StandIn,
  log: EngineLog,
): Promise<{ server: grpc.Server; port: number }> {
  const server = new grpc.Server(channelOptions);
  server.addService(ResourceProviderService, new PluginService(standIn, log).methods());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { server, port };
}
