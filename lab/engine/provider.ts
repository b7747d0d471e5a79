/** A provider behind a plugin process. Source: sdk/go/common/resource/plugin/provider_plugin.go. */
import { Client } from "@grpc/grpc-js";
import { ResourceProviderService as service } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { randomBytes } from "node:crypto";
import { bareDiff, type DiffResult } from "./propertyDiff";
import { type CheckResult, type LiveResource, readChecked, readDiff } from "./providerAnswers";
import { call, channelOptions, insecure, otherwise, RpcError } from "./rpc";
import type { ResourceState } from "./state";
import { nameOf, packageOf, typeOf } from "./urn";
import { annotateSecrets, containsUnknown, fromWire, type PropertyMap, reveal, toWire } from "./values";

/** How long a plugin may take to acknowledge that it is to abort. */
const cancelMilliseconds = 1000;
const seedBytes = 32;

/** What a provider does for a resource; for provider resources the engine itself does it. */
export type ResourceOperations = Pick<Provider, "check" | "diff" | "create" | "update" | "read" | "delete">;

type ResourceRequest =
  | (proto.CheckRequest | proto.ConfigureRequest | proto.CreateRequest | proto.DeleteRequest)
  | (proto.DiffRequest | proto.ReadRequest | proto.UpdateRequest);

/** Says which resource a request is about. */
function about<Request extends ResourceRequest>(urn: string, request: Request): Request {
  request.setUrn(urn).setName(nameOf(urn)).setType(typeOf(urn));
  return request;
}

/** What a call left, also one that failed half-way. @param known id of a resource that was there before. */
async function live(
  answer: Promise<proto.CreateResponse | proto.ReadResponse | proto.UpdateResponse>,
  known = "",
): Promise<LiveResource> {
  try {
    const it = await answer;
    const id = it instanceof proto.UpdateResponse ? known : it.getId();
    const inputs = it instanceof proto.ReadResponse && it.hasInputs() ? { inputs: fromWire(it.getInputs()) } : {};
    return { id, outputs: fromWire(it.getProperties()), ...inputs, initErrors: [] };
  } catch (error) {
    if (!(error instanceof RpcError) || error.partial === undefined) throw error;
    return { ...error.partial, id: error.partial.id || known };
  }
}

export class Provider {
  private readonly client: Client;
  /** What the plugin understands, by its answer to configure. */
  private accepts = { secrets: false, resources: false };
  private previews = false;
  /** Whether the provider is configured; false where that has to wait for values not known in a preview. */
  private configured: Promise<boolean> = Promise.resolve(false);

  constructor(
    address: string,
    private readonly preview: boolean,
  ) {
    this.client = new Client(address, insecure, channelOptions);
  }

  async checkConfig(urn: string, olds: PropertyMap, news: PropertyMap): Promise<CheckResult> {
    const request = about(urn, new proto.CheckRequest()).setOlds(this.wire(olds)).setNews(this.wire(news));
    const response = call(this.client, service.checkConfig, request).then((it) => this.checked(it, news));
    return response.catch(otherwise({ inputs: news, failures: [] }));
  }

  async diffConfig({ urn, inputs, outputs }: ResourceState, news: PropertyMap): Promise<DiffResult> {
    const request = about(urn, new proto.DiffRequest()).setNews(this.wire(news));
    request.setOldInputs(this.wire(inputs)).setOlds(this.wire(outputs));
    return call(this.client, service.diffConfig, request)
      .then(readDiff)
      .catch(otherwise(bareDiff("unknown")));
  }

  /** Starts configuring; a failure shows in the first call that needs the configuration, as with Pulumi. */
  configure(urn: string, id: string, inputs: PropertyMap): void {
    this.configured = this.sendConfiguration(urn, id, inputs);
    this.configured.catch(() => undefined);
  }

  private async sendConfiguration(urn: string, id: string, inputs: PropertyMap): Promise<boolean> {
    const settings = Object.entries(inputs).filter(([key]) => key !== "version");
    if (settings.some(([, value]) => containsUnknown(value))) return false;
    const request = about(urn, new proto.ConfigureRequest()).setId(id).setArgs(toWire(inputs));
    for (const [key, value] of settings) {
      const plain = reveal(value);
      const text = typeof plain === "string" ? plain : JSON.stringify(plain);
      request.getVariablesMap().set(`${packageOf(typeOf(urn))}:config:${key}`, text);
    }
    request.setAcceptsecrets(true).setAcceptresources(true).setSendsOldInputs(true).setSendsOldInputsToDelete(true);
    const answer = await call(this.client, service.configure, request);
    this.accepts = { secrets: answer.getAcceptsecrets(), resources: answer.getAcceptresources() };
    this.previews = answer.getSupportspreview();
    return true;
  }

  async check(urn: string, olds: PropertyMap, news: PropertyMap): Promise<CheckResult> {
    if (!(await this.configured)) return { inputs: news, failures: [] };
    const request = about(urn, new proto.CheckRequest()).setRandomseed(randomBytes(seedBytes));
    request.setOlds(this.wire(olds)).setNews(this.wire(news));
    return this.checked(await call(this.client, service.check, request), news);
  }

  /** @returns undefined where the provider's configuration is not known yet. */
  async diff(old: ResourceState, news: PropertyMap, ignoreChanges: string[]): Promise<DiffResult | undefined> {
    if (!(await this.configured)) return undefined;
    const request = about(old.urn, new proto.DiffRequest()).setId(old.id).setIgnorechangesList(ignoreChanges);
    request.setOldInputs(this.wire(old.inputs)).setOlds(this.wire(old.outputs)).setNews(this.wire(news));
    return readDiff(await call(this.client, service.diff, request));
  }

  async create({ urn, inputs }: ResourceState): Promise<LiveResource> {
    if (!(await this.asks())) return this.planned("", inputs);
    const request = about(urn, new proto.CreateRequest()).setProperties(this.wire(inputs)).setPreview(this.preview);
    const created = await live(call(this.client, service.create, request));
    if (created.id === "" && !this.preview) throw new Error(`the provider returned no id from creating ${urn}`);
    return this.marked(created, inputs);
  }

  async update({ urn, id, inputs, outputs }: ResourceState, fresh: ResourceState): Promise<LiveResource> {
    const news = fresh.inputs;
    if (!(await this.asks())) return this.planned(id, news);
    const request = about(urn, new proto.UpdateRequest()).setId(id).setPreview(this.preview);
    request.setOlds(this.wire(outputs)).setOldInputs(this.wire(inputs)).setNews(this.wire(news));
    request.setIgnorechangesList(fresh.ignoreChanges);
    return this.marked(await live(call(this.client, service.update, request), id), news);
  }

  /** @returns with an empty id where the resource is gone. */
  async read({ urn, id, inputs, outputs }: ResourceState): Promise<LiveResource> {
    if (!(await this.configured)) return { id, outputs: {}, inputs: {}, initErrors: [] };
    const request = about(urn, new proto.ReadRequest()).setId(id);
    request.setInputs(this.wire(inputs)).setProperties(this.wire(outputs));
    const found = await live(call(this.client, service.read, request));
    return this.marked(found, outputs, inputs);
  }

  async delete({ urn, id, inputs, outputs }: ResourceState): Promise<void> {
    if (!(await this.configured)) throw new Error("the provider's configuration is not known, so it deletes nothing");
    const request = about(urn, new proto.DeleteRequest()).setId(id);
    request.setProperties(this.wire(outputs)).setOldInputs(this.wire(inputs));
    await call(this.client, service.delete, request);
  }

  /** Asks the plugin to abort what it can; plugins without the call go on. */
  async cancel(): Promise<void> {
    const options = { deadline: Date.now() + cancelMilliseconds };
    await call(this.client, service.cancel, new Empty(), options).catch(() => undefined);
  }

  /** Whether the plugin is asked for a change: in a preview only one that has previews, once it is configured. */
  private async asks(): Promise<boolean> {
    return (await this.configured) && (!this.preview || this.previews);
  }

  /** What a preview answers in the plugin's stead: the inputs, or nothing while the provider is not configured. */
  private async planned(id: string, inputs: PropertyMap): Promise<LiveResource> {
    return { id, outputs: (await this.configured) ? structuredClone(inputs) : {}, initErrors: [] };
  }

  private wire(properties: PropertyMap): Struct {
    return toWire(properties, this.accepts);
  }

  private checked(response: proto.CheckResponse, news: PropertyMap): CheckResult {
    const result = readChecked(response);
    if (!this.accepts.secrets) annotateSecrets(result.inputs, news);
    return result;
  }

  /** Puts back the secret marks that the plugin could not carry. */
  private marked(found: LiveResource, outputs: PropertyMap, inputs: PropertyMap = {}): LiveResource {
    if (!this.accepts.secrets) annotateSecrets(found.outputs, outputs);
    if (!this.accepts.secrets) annotateSecrets(found.inputs ?? {}, inputs);
    return found;
  }
}
