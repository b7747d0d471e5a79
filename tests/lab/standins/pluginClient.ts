import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { readChecked, readDiff } from "../../../lab/engine/providerAnswers";
import { call } from "../../../lab/engine/rpc";
import { fromWire, toWire, type PropertyMap } from "../../../lab/engine/values";
import { EngineLog } from "../../../lab/standins/protocol/engineLog";
import { startPluginServer } from "../../../lab/standins/protocol/pluginServer";
import type { StandIn } from "../../../lab/standins/protocol/standIn";

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
  readonly client: grpc.Client;
  private constructor(
    readonly type: string,
    address: string,
    readonly log: MemoryLog,
    private readonly stop?: () => void,
  ) {
    this.client = new grpc.Client(address, grpc.credentials.createInsecure());
  }

  /** Serves `standIn` in this process. */
  static async serve(standIn: StandIn, type: string): Promise<PluginClient> {
    const log = new MemoryLog();
    const { address, stop } = await startPluginServer(standIn, log);
    return new PluginClient(type, address, log, stop);
  }

  /** Connects to a plugin that runs already. */
  static connect(port: number, type: string): PluginClient {
    return new PluginClient(type, `127.0.0.1:${port}`, new MemoryLog());
  }

  close(): void {
    this.client.close();
    this.stop?.();
  }

  urn(name = "res", type = this.type): string {
    return `urn:pulumi:dev::proj::my:component:Parent$${type}::${name}`;
  }

  configure(config: PropertyMap = {}) {
    const request = new proto.ConfigureRequest().setAcceptsecrets(true).setArgs(toWire(config));
    return call(this.client, ResourceProviderService.configure, request);
  }

  async version(): Promise<string> {
    const info = await call(this.client, ResourceProviderService.getPluginInfo, new Empty());
    return info.getVersion();
  }

  async check(news: PropertyMap, olds: PropertyMap = {}) {
    const request = new proto.CheckRequest().setUrn(this.urn()).setNews(toWire(news)).setOlds(toWire(olds));
    const { inputs, failures } = readChecked(await call(this.client, ResourceProviderService.check, request));
    return { inputs, failures: failures.map(({ property, reason }) => `${property}: ${reason}`) };
  }

  async diff(state: PropertyMap, news: PropertyMap, ignoreChanges: string[] = []) {
    const request = new proto.DiffRequest()
      .setUrn(this.urn())
      .setId("id")
      .setOlds(toWire(state))
      .setNews(toWire(news))
      .setIgnorechangesList(ignoreChanges);
    return diffOf(await call(this.client, ResourceProviderService.diff, request));
  }

  async diffConfig(olds: PropertyMap, news: PropertyMap) {
    const request = new proto.DiffRequest().setUrn(this.urn()).setOlds(toWire(olds)).setNews(toWire(news));
    return diffOf(await call(this.client, ResourceProviderService.diffConfig, request));
  }

  async checkConfig(news: PropertyMap): Promise<string[]> {
    const request = new proto.CheckRequest().setUrn(this.urn()).setNews(toWire(news));
    const response = await call(this.client, ResourceProviderService.checkConfig, request);
    return response.getFailuresList().map((failure) => failure.getProperty());
  }

  async create(inputs: PropertyMap, { preview = false, type = this.type } = {}) {
    const request = new proto.CreateRequest()
      .setUrn(this.urn("res", type))
      .setProperties(toWire(inputs))
      .setPreview(preview);
    const response = await call(this.client, ResourceProviderService.create, request);
    return { id: response.getId(), outputs: fromWire(response.getProperties()) };
  }

  async update(state: PropertyMap, news: PropertyMap, { preview = false, id = "id" } = {}): Promise<PropertyMap> {
    const request = new proto.UpdateRequest()
      .setUrn(this.urn())
      .setId(id)
      .setOlds(toWire(state))
      .setNews(toWire(news))
      .setPreview(preview);
    const response = await call(this.client, ResourceProviderService.update, request);
    return fromWire(response.getProperties());
  }

  async read(id: string, state: PropertyMap = {}, inputs: PropertyMap = {}) {
    const request = new proto.ReadRequest()
      .setUrn(this.urn())
      .setId(id)
      .setProperties(toWire(state))
      .setInputs(toWire(inputs));
    const response = await call(this.client, ResourceProviderService.read, request);
    return {
      id: response.getId(),
      outputs: fromWire(response.getProperties()),
      inputs: fromWire(response.getInputs()),
    };
  }

  async delete(id: string, state: PropertyMap): Promise<void> {
    const request = new proto.DeleteRequest().setUrn(this.urn()).setId(id).setProperties(toWire(state));
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
