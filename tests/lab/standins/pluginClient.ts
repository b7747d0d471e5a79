import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService as service } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Log } from "../../../lab/standins/protocol/engineLog";
import { startPluginServer } from "../../../lab/standins/protocol/pluginServer";
import type { StandIn } from "../../../lab/standins/protocol/standIn";
import { fromWire, type PropertyMap } from "../../../lab/standins/protocol/values";

const connectTo = (address: string) => new grpc.Client(address, grpc.credentials.createInsecure());
const toWire = (map: PropertyMap): Struct => Struct.fromJavaScript(map);

/** A failed call, with what exists of a resource whose operation went wrong half-way. */
export class RpcError extends Error {
  readonly partial?: { id: string; outputs: PropertyMap; reasons: string[] };

  constructor({ details, metadata }: grpc.ServiceError) {
    super(details);
    const type = "pulumirpc.ErrorResourceInitFailed";
    const read = (bytes: Uint8Array) => proto.ErrorResourceInitFailed.deserializeBinary(bytes);
    const [failure] = metadata
      .get("grpc-status-details-bin")
      .flatMap((bytes) => Status.deserializeBinary(Buffer.from(bytes)).getDetailsList())
      .flatMap((detail) => detail.unpack(read, type) ?? []);
    if (failure === undefined) return;
    const outputs = fromWire(failure.getProperties());
    this.partial = { id: failure.getId(), outputs, reasons: failure.getReasonsList() };
  }
}

function call<Request, Response>(
  client: grpc.Client,
  { path, requestSerialize, responseDeserialize }: grpc.MethodDefinition<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
      if (error !== null) reject(new RpcError(error));
      else resolve(response as Response);
    });
  });
}

/** Collects what a stand-in logs, so that tests are quiet and can look at it. */
export class MemoryLog implements Log {
  readonly lines: string[] = [];

  write(severity: string, message: string): Promise<void> {
    this.lines.push(`${severity}: ${message}`);
    return Promise.resolve();
  }

  status(message: string): void {
    this.lines.push(`status: ${message}`);
  }
}

/** Speaks Pulumi's ResourceProvider protocol to a plugin, as the Pulumi CLI does, for one resource type. */
export class PluginClient {
  private constructor(
    readonly type: string,
    private readonly client: grpc.Client,
    readonly log: MemoryLog,
    private readonly stop?: () => void,
  ) {}

  /** Serves `standIn` in this process. */
  static async serve(standIn: StandIn, type: string): Promise<PluginClient> {
    const log = new MemoryLog();
    const { address, stop } = await startPluginServer(standIn, log);
    return new PluginClient(type, connectTo(address), log, stop);
  }

  /** Connects to a plugin that runs already. */
  static connect(port: number, type: string): PluginClient {
    return new PluginClient(type, connectTo(`127.0.0.1:${port}`), new MemoryLog());
  }

  /** The same plugin, for another type. */
  of(type: string): PluginClient {
    return new PluginClient(type, this.client, this.log);
  }

  close(): void {
    this.client.close();
    this.stop?.();
  }

  /** A request about a resource with what all of them say. */
  private about<
    Request extends { setUrn(urn: string): Request; setName(name: string): Request; setType(type: string): Request },
  >(request: Request, type = this.type): Request {
    return request.setUrn(`urn:pulumi:dev::proj::my:component:Parent$${type}::res`).setName("res").setType(type);
  }

  /** The configuration goes in two ways: as values, and as texts by their full names. */
  configure(config: PropertyMap = {}): Promise<proto.ConfigureResponse> {
    const request = new proto.ConfigureRequest()
      .setAcceptsecrets(true)
      .setAcceptresources(true)
      .setArgs(toWire(config));
    const prefix = `${this.type.split(":")[0]}:config:`;
    Object.entries(config).forEach(([name, value]) =>
      request.getVariablesMap().set(prefix + name, typeof value === "string" ? value : JSON.stringify(value)),
    );
    return call(this.client, service.configure, request.setSendsOldInputs(true).setSendsOldInputsToDelete(true));
  }

  async version(): Promise<string> {
    return (await call(this.client, service.getPluginInfo, new Empty())).getVersion();
  }

  async check(news: PropertyMap, olds: PropertyMap = {}) {
    const request = this.about(new proto.CheckRequest()).setNews(toWire(news)).setOlds(toWire(olds));
    const response = await call(this.client, service.check, request);
    const failures = response.getFailuresList().map((each) => `${each.getProperty()}: ${each.getReason()}`);
    return { inputs: fromWire(response.getInputs()), failures };
  }

  /** @param inputs the recorded ones; by default those that the state repeats. */
  async diff(state: PropertyMap, news: PropertyMap, ignoreChanges: string[] = [], inputs = state) {
    const request = this.about(new proto.DiffRequest())
      .setId("id")
      .setOlds(toWire(state))
      .setNews(toWire(news))
      .setOldInputs(toWire(inputs))
      .setIgnorechangesList(ignoreChanges);
    return diffOf(await call(this.client, service.diff, request));
  }

  async diffConfig(olds: PropertyMap, news: PropertyMap) {
    const request = this.about(new proto.DiffRequest(), `pulumi:providers:${this.type.split(":")[0]}`)
      .setOlds(toWire(olds))
      .setOldInputs(toWire(olds))
      .setNews(toWire(news));
    return diffOf(await call(this.client, service.diffConfig, request));
  }

  /** Names of the settings that are refused. */
  async checkConfig(news: PropertyMap): Promise<string[]> {
    const request = this.about(new proto.CheckRequest(), `pulumi:providers:${this.type.split(":")[0]}`);
    const response = await call(this.client, service.checkConfig, request.setNews(toWire(news)));
    return response.getFailuresList().map((failure) => failure.getProperty());
  }

  async create(inputs: PropertyMap, { preview = false, type = this.type } = {}) {
    const request = this.about(new proto.CreateRequest(), type).setProperties(toWire(inputs)).setPreview(preview);
    const response = await call(this.client, service.create, request);
    return { id: response.getId(), outputs: fromWire(response.getProperties()) };
  }

  async update(state: PropertyMap, news: PropertyMap, { preview = false, id = "id", inputs = state } = {}) {
    const request = this.about(new proto.UpdateRequest())
      .setId(id)
      .setOlds(toWire(state))
      .setOldInputs(toWire(inputs))
      .setNews(toWire(news))
      .setPreview(preview);
    return fromWire((await call(this.client, service.update, request)).getProperties());
  }

  async read(id: string, state: PropertyMap = {}, inputs: PropertyMap = {}) {
    const request = this.about(new proto.ReadRequest())
      .setId(id)
      .setProperties(toWire(state))
      .setInputs(toWire(inputs));
    const response = await call(this.client, service.read, request);
    return {
      id: response.getId(),
      outputs: fromWire(response.getProperties()),
      inputs: fromWire(response.getInputs()),
    };
  }

  async delete(id: string, state: PropertyMap, inputs = state): Promise<void> {
    const request = this.about(new proto.DeleteRequest()).setId(id).setProperties(toWire(state));
    await call(this.client, service.delete, request.setOldInputs(toWire(inputs)));
  }
}

export type Diff = ReturnType<typeof diffOf>;

function diffOf(response: proto.DiffResponse) {
  const { Kind } = proto.PropertyDiff;
  const nameOf = (kind: proto.PropertyDiff.Kind) =>
    Object.keys(Kind).find((name) => Kind[name as keyof typeof Kind] === kind);
  return {
    changes: response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
    diffs: response.getDiffsList().sort(),
    replaces: response.getReplacesList().sort(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    hasDetails: response.getHasdetaileddiff(),
    details: [...response.getDetaileddiffMap().entries()]
      .map(([path, change]) => `${path}: ${nameOf(change.getKind())}`)
      .sort(),
  };
}
