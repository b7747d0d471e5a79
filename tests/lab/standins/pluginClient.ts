import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineLog } from "../../../lab/standins/protocol/engineLog";
import { startPluginServer } from "../../../lab/standins/protocol/pluginServer";
import { fromStruct, toStruct, type PropertyMap } from "../../../lab/standins/protocol/propertyValue";
import type { StandIn } from "../../../lab/standins/protocol/standIn";

type Callback<Response> = (error: grpc.ServiceError | null, response: Response) => void;

function promise<Response>(call: (callback: Callback<Response>) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error ? reject(error) : resolve(response)));
  });
}

/** Collects what a stand-in logs, so that tests are quiet and can look at it. */
export class MemoryLog extends EngineLog {
  readonly lines: string[] = [];

  override write(severity: string, message: string): void {
    this.lines.push(`${severity}: ${message}`);
  }

  override status(message: string): void {
    this.lines.push(`status: ${message}`);
  }
}

/** Speaks Pulumi's ResourceProvider protocol to a plugin, as an engine does, for one resource type. */
export class PluginClient {
  readonly client: ResourceProviderClient;
  private constructor(
    readonly type: string,
    port: number,
    readonly log: MemoryLog,
    private readonly server?: grpc.Server,
  ) {
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  /** Serves `standIn` in this process. */
  static async serve(standIn: StandIn, type: string): Promise<PluginClient> {
    const log = new MemoryLog();
    const { server, port } = await startPluginServer(standIn, log);
    return new PluginClient(type, port, log, server);
  }

  /** Connects to a plugin that runs already. */
  static connect(port: number, type: string): PluginClient {
    return new PluginClient(type, port, new MemoryLog());
  }

  close(): void {
    this.client.close();
    this.server?.forceShutdown();
  }

  urn(name = "res", type = this.type): string {
    return `urn:pulumi:dev::proj::my:component:Parent$${type}::${name}`;
  }

  configure(config: PropertyMap = {}) {
    const request = new proto.ConfigureRequest().setAcceptsecrets(true).setArgs(toStruct(config));
    return promise<proto.ConfigureResponse>((done) => this.client.configure(request, done));
  }

  async version(): Promise<string> {
    const info = await promise<{ getVersion(): string }>((done) => this.client.getPluginInfo(new Empty(), done));
    return info.getVersion();
  }

  async check(news: PropertyMap, olds: PropertyMap = {}, adjust = (_request: proto.CheckRequest) => {}) {
    const request = new proto.CheckRequest().setUrn(this.urn()).setNews(toStruct(news)).setOlds(toStruct(olds));
    adjust(request);
    const response = await promise<proto.CheckResponse>((done) => this.client.check(request, done));
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    return { inputs: fromStruct(response.getInputs()), failures };
  }

  async diff(state: PropertyMap, news: PropertyMap, ignoreChanges: string[] = []) {
    const request = new proto.DiffRequest()
      .setUrn(this.urn())
      .setId("id")
      .setOlds(toStruct(state))
      .setNews(toStruct(news))
      .setIgnorechangesList(ignoreChanges);
    return diffOf(await promise<proto.DiffResponse>((done) => this.client.diff(request, done)));
  }

  async diffConfig(olds: PropertyMap, news: PropertyMap) {
    const request = new proto.DiffRequest().setUrn(this.urn()).setOlds(toStruct(olds)).setNews(toStruct(news));
    return diffOf(await promise<proto.DiffResponse>((done) => this.client.diffConfig(request, done)));
  }

  async checkConfig(news: PropertyMap): Promise<string[]> {
    const request = new proto.CheckRequest().setUrn(this.urn()).setNews(toStruct(news));
    const response = await promise<proto.CheckResponse>((done) => this.client.checkConfig(request, done));
    return response.getFailuresList().map((failure) => failure.getProperty());
  }

  async create(inputs: PropertyMap, { preview = false, type = this.type } = {}) {
    const request = new proto.CreateRequest()
      .setUrn(this.urn("res", type))
      .setProperties(toStruct(inputs))
      .setPreview(preview);
    const response = await promise<proto.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
  }

  async update(state: PropertyMap, news: PropertyMap, { preview = false, id = "id" } = {}): Promise<PropertyMap> {
    const request = new proto.UpdateRequest()
      .setUrn(this.urn())
      .setId(id)
      .setOlds(toStruct(state))
      .setNews(toStruct(news))
      .setPreview(preview);
    const response = await promise<proto.UpdateResponse>((done) => this.client.update(request, done));
    return fromStruct(response.getProperties());
  }

  async read(id: string, state: PropertyMap = {}, inputs: PropertyMap = {}) {
    const request = new proto.ReadRequest()
      .setUrn(this.urn())
      .setId(id)
      .setProperties(toStruct(state))
      .setInputs(toStruct(inputs));
    const response = await promise<proto.ReadResponse>((done) => this.client.read(request, done));
    return {
      id: response.getId(),
      outputs: fromStruct(response.getProperties()),
      inputs: fromStruct(response.getInputs()),
    };
  }

  async delete(id: string, state: PropertyMap): Promise<void> {
    const request = new proto.DeleteRequest().setUrn(this.urn()).setId(id).setProperties(toStruct(state));
    await promise<Empty>((done) => this.client.delete(request, done));
  }
}

function diffOf(response: proto.DiffResponse) {
  const details: string[] = [];
  response.getDetaileddiffMap().forEach((_diff, path) => details.push(path));
  return {
    changes: response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
    diffs: response.getDiffsList().sort(),
    replaces: response.getReplacesList().sort(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    hasDetails: response.getHasdetaileddiff(),
    details: details.sort(),
  };
}
