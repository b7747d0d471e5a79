import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { readChecked, readDiff } from "../../../lab/engine/providerAnswers";
import { call } from "../../../lab/engine/rpc";
import { fromWire, type PropertyMap } from "../../../lab/engine/values";
import { EngineLog } from "../../../lab/standins/protocol/engineLog";
import { startPluginServer } from "../../../lab/standins/protocol/pluginServer";
import type { StandIn } from "../../../lab/standins/protocol/standIn";
import { writeMap } from "../../../lab/standins/protocol/wire";

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
    const request = new proto.ConfigureRequest().setAcceptsecrets(true).setArgs(writeMap(config));
    return call(this.client, ResourceProviderService.configure, request);
  }

  async version(): Promise<string> {
    const info = await call(this.client, ResourceProviderService.getPluginInfo, new Empty());
    return info.getVersion();
  }

  async check(news: PropertyMap, olds: PropertyMap = {}) {
    const request = new proto.CheckRequest().setUrn(this.urn()).setNews(writeMap(news)).setOlds(writeMap(olds));
    const { inputs, failures } = readChecked(await call(this.client, ResourceProviderService.check, request));
    return { inputs, failures: failures.map(({ property, reason }) => `${property}: ${reason}`) };
  }

  async diff(state: PropertyMap, news: PropertyMap, ignoreChanges: string[] = []) {
    const request = new proto.DiffRequest()
      .setUrn(this.urn())
      .setId("id")
      .setOlds(writeMap(state))
      .setNews(writeMap(news))
      .setIgnorechangesList(ignoreChanges);
    return diffOf(await call(this.client, ResourceProviderService.diff, request));
  }

  async diffConfig(olds: PropertyMap, news: PropertyMap) {
    const request = new proto.DiffRequest().setUrn(this.urn()).setOlds(writeMap(olds)).setNews(writeMap(news));
    return diffOf(await call(this.client, ResourceProviderService.diffConfig, request));
  }

  async checkConfig(news: PropertyMap): Promise<string[]> {
    const request = new proto.CheckRequest().setUrn(this.urn()).setNews(writeMap(news));
    const response = await call(this.client, ResourceProviderService.checkConfig, request);
    return response.getFailuresList().map((failure) => failure.getProperty());
  }

  async create(inputs: PropertyMap, { preview = false, type = this.type } = {}) {
    const request = new proto.CreateRequest()
      .setUrn(this.urn("res", type))
      .setProperties(writeMap(inputs))
      .setPreview(preview);
    const response = await call(this.client, ResourceProviderService.create, request);
    return { id: response.getId(), outputs: fromWire(response.getProperties()) };
  }

  async update(state: PropertyMap, news: PropertyMap, { preview = false, id = "id" } = {}): Promise<PropertyMap> {
    const request = new proto.UpdateRequest()
      .setUrn(this.urn())
      .setId(id)
      .setOlds(writeMap(state))
      .setNews(writeMap(news))
      .setPreview(preview);
    const response = await call(this.client, ResourceProviderService.update, request);
    return fromWire(response.getProperties());
  }

  async read(id: string, state: PropertyMap = {}, inputs: PropertyMap = {}) {
    const request = new proto.ReadRequest()
      .setUrn(this.urn())
      .setId(id)
      .setProperties(writeMap(state))
      .setInputs(writeMap(inputs));
    const response = await call(this.client, ResourceProviderService.read, request);
    return {
      id: response.getId(),
      outputs: fromWire(response.getProperties()),
      inputs: fromWire(response.getInputs()),
    };
  }

  async delete(id: string, state: PropertyMap): Promise<void> {
    const request = new proto.DeleteRequest().setUrn(this.urn()).setId(id).setProperties(writeMap(state));
    await call(this.client, ResourceProviderService.delete, request);
  }
}

function diffOf(response: proto.DiffResponse) {
  const { changes, changedKeys, replaceKeys, detailed, deleteBeforeReplace } = readDiff(response);
  return {
    changes: changes === "some",
    diffs: changedKeys.sort(),
    replaces: replaceKeys.sort(),
    deleteBeforeReplace,
    hasDetails: detailed !== undefined,
    details: Object.keys(detailed ?? {}).sort(),
  };
}
