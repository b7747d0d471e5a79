import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { EngineLog } from "./engineLog";
import { Refusal, toGrpcError } from "./grpcErrors";
import { autonamingOf, diffResponse, readConfig } from "./messages";
import { fromStruct, plainMap, toStruct, type PropertyMap } from "./propertyValue";
import type { CheckFailure, ResourceHandler, ResourceRequest, StandIn } from "./standIn";

/** Sent as the plugin's version: its SDK's, so that the engine finds it recent enough; the build part says what it is. */
function standInVersion(name: string): string {
  const file = readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8");
  return `${(JSON.parse(file) as { version: string }).version}+stand-in`;
}

/** Kubernetes objects and kubeconfigs may be large; gRPC's own bound of 4 MiB is too small for a whole request. */
const maxMessageBytes = 400 * 1024 * 1024;

interface ResourceMessage {
  getUrn(): string;
  getName(): string;
  getType(): string;
}

/** Serves one stand-in over Pulumi's ResourceProvider protocol: marshalling here, behaviour in the {@link StandIn}. */
class PluginService {
  private keepSecrets = true;
  private readonly cancellation = new AbortController();

  constructor(
    private readonly standIn: StandIn,
    private readonly log: EngineLog,
  ) {}

  /** The methods served; gRPC answers UNIMPLEMENTED to the others, which the engine understands. */
  methods(): grpc.UntypedServiceImplementation {
    return {
      getPluginInfo: this.unary(() => new PluginInfo().setVersion(standInVersion(this.standIn.name))),
      attach: this.unary((request: PluginAttach) => {
        this.log.attach(request.getAddress());
        return new Empty();
      }),
      cancel: this.unary(() => {
        this.cancellation.abort(new Error("the operation was cancelled"));
        return new Empty();
      }),
      checkConfig: this.unary((request: proto.CheckRequest) => this.checkConfig(request)),
      diffConfig: this.unary((request: proto.DiffRequest) => this.diffConfig(request)),
      configure: this.unary((request: proto.ConfigureRequest) => this.configure(request)),
      check: this.unary((request: proto.CheckRequest) => this.check(request)),
      diff: this.unary((request: proto.DiffRequest) => this.diff(request)),
      create: this.unary((request: proto.CreateRequest) => this.create(request)),
      read: this.unary((request: proto.ReadRequest) => this.read(request)),
      update: this.unary((request: proto.UpdateRequest) => this.update(request)),
      delete: this.unary((request: proto.DeleteRequest) => this.delete(request)),
    };
  }

  private unary<Request, Response>(handle: (request: Request) => Response | Promise<Response>) {
    const handler: grpc.handleUnaryCall<Request, Response> = (call, callback) => {
      Promise.resolve(call.request)
        .then(handle)
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(toGrpcError(error, this.keepSecrets)),
        );
    };
    return handler;
  }

  private handlerFor(message: ResourceMessage): [ResourceHandler, ResourceRequest] {
    const urn = message.getUrn();
    const [, , qualifiedType = "", urnName = ""] = urn.split("::");
    const type = message.getType() || qualifiedType.split("$").at(-1) || "";
    const handler = this.standIn.resources.get(type);
    if (handler === undefined) {
      const served = [...this.standIn.resources.keys()].join(", ");
      throw new Refusal(
        `the stand-in for the ${this.standIn.name} plugin does not serve ${type}, only ${served}; ` +
          `install the real plugin (pulumi plugin install resource ${this.standIn.name}) to use this type`,
      );
    }
    const name = message.getName() || urnName;
    return [handler, { urn, type, name, log: this.log, signal: this.cancellation.signal }];
  }

  /** Properties for a handler: without envelopes when the real provider takes none. */
  private take(struct: Parameters<typeof fromStruct>[0]): PropertyMap {
    const map = fromStruct(struct);
    return this.standIn.acceptSecrets ? map : plainMap(map);
  }

  private give(map: PropertyMap) {
    return toStruct(map, this.keepSecrets);
  }

  private checkResponse(inputs: PropertyMap, failures: readonly CheckFailure[] = []): proto.CheckResponse {
    const list = failures.map((failure) =>
      new proto.CheckFailure().setProperty(failure.property).setReason(failure.reason),
    );
    return new proto.CheckResponse().setInputs(this.give(inputs)).setFailuresList(list);
  }

  private checkConfig(request: proto.CheckRequest): proto.CheckResponse {
    const news = fromStruct(request.getNews());
    return this.checkResponse(news, this.standIn.checkConfig?.(plainMap(news)));
  }

  private diffConfig(request: proto.DiffRequest): proto.DiffResponse {
    const [olds, news] = [plainMap(fromStruct(request.getOlds())), plainMap(fromStruct(request.getNews()))];
    if (this.standIn.diffConfig === undefined) {
      throw new Refusal("DiffConfig is not implemented", grpc.status.UNIMPLEMENTED);
    }
    return diffResponse(this.standIn.diffConfig(olds, news));
  }

  private configure(request: proto.ConfigureRequest): proto.ConfigureResponse {
    this.keepSecrets = request.getAcceptsecrets();
    this.standIn.configure?.(readConfig(request));
    this.log.write("info", `${this.standIn.name}: served by a stand-in, not by the real plugin`);
    return new proto.ConfigureResponse()
      .setAcceptsecrets(this.standIn.acceptSecrets)
      .setSupportspreview(true)
      .setSupportsAutonamingConfiguration(true);
  }

  private check(request: proto.CheckRequest): proto.CheckResponse {
    const [handler, resource] = this.handlerFor(request);
    const { inputs, failures } = handler.check({
      ...resource,
      olds: this.take(request.getOlds()),
      news: this.take(request.getNews()),
      randomSeed: request.getRandomseed_asU8(),
      autonaming: autonamingOf(request),
    });
    return this.checkResponse(inputs, failures);
  }

  private diff(request: proto.DiffRequest): proto.DiffResponse {
    const [handler, resource] = this.handlerFor(request);
    const result = handler.diff({
      ...resource,
      id: request.getId(),
      state: this.take(request.getOlds()),
      news: this.take(request.getNews()),
      ignoreChanges: request.getIgnorechangesList(),
    });
    return diffResponse(result);
  }

  private async create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
    const [handler, resource] = this.handlerFor(request);
    const inputs = this.take(request.getProperties());
    const { id, outputs } = await handler.create({ ...resource, inputs, preview: request.getPreview() });
    return new proto.CreateResponse().setId(id).setProperties(this.give(outputs));
  }

  private async read(request: proto.ReadRequest): Promise<proto.ReadResponse> {
    const [handler, resource] = this.handlerFor(request);
    const id = request.getId();
    const [state, inputs] = [this.take(request.getProperties()), this.take(request.getInputs())];
    if (handler.read === undefined) {
      return new proto.ReadResponse().setId(id).setProperties(request.getProperties()).setInputs(request.getInputs());
    }
    const result = await handler.read({ ...resource, id, state, inputs });
    if (result.id === "") return new proto.ReadResponse();
    return new proto.ReadResponse()
      .setId(result.id)
      .setProperties(this.give(result.outputs))
      .setInputs(this.give(result.inputs));
  }

  private async update(request: proto.UpdateRequest): Promise<proto.UpdateResponse> {
    const [handler, resource] = this.handlerFor(request);
    const outputs = await handler.update({
      ...resource,
      id: request.getId(),
      state: this.take(request.getOlds()),
      news: this.take(request.getNews()),
      preview: request.getPreview(),
    });
    return new proto.UpdateResponse().setProperties(this.give(outputs));
  }

  private async delete(request: proto.DeleteRequest): Promise<Empty> {
    const [handler, resource] = this.handlerFor(request);
    await handler.delete?.({ ...resource, id: request.getId(), state: this.take(request.getProperties()) });
    return new Empty();
  }
}

/** A gRPC server with the stand-in on a free loopback port, and that port. */
export async function startPluginServer(
  standIn: StandIn,
  log: EngineLog,
): Promise<{ server: grpc.Server; port: number }> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  server.addService(ResourceProviderService, new PluginService(standIn, log).methods());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { server, port };
}
