/** The calls about resources of a provider's plugin. Source: sdk/go/common/resource/plugin/provider_plugin.go. */
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { DiffResult } from "./propertyDiff";
import { identify, ProviderConnection } from "./providerConnection";
import {
  type CheckResult,
  type LiveResource,
  type Properties,
  readChecked,
  readDiff,
  type ResourceOperations,
  type Target,
  type UpdateOptions,
} from "./providerProtocol";
import { RpcError, unary } from "./rpc";
import { fromWire, type PropertyMap } from "./values";

/** The resource a call left, also where it failed after creating or changing something. */
async function live<Response>(
  call: Promise<Response>,
  convert: (answer: Response) => LiveResource,
): Promise<LiveResource> {
  try {
    return convert(await call);
  } catch (error) {
    if (error instanceof RpcError && error.initFailure !== undefined) {
      const failure = error.initFailure;
      return { id: failure.id, outputs: failure.properties, failure };
    }
    throw error;
  }
}

export class ProviderClient extends ProviderConnection implements ResourceOperations {
  async check(urn: string, olds: PropertyMap, news: PropertyMap, seed: Uint8Array): Promise<CheckResult> {
    if (!(await this.configured)) {
      return { inputs: news, failures: [] };
    }
    const request = identify(new proto.CheckRequest(), urn).setRandomseed(seed);
    request.setOlds(this.wire(olds)).setNews(this.wire(news));
    const result = readChecked(await unary<proto.CheckResponse>((done) => this.client.check(request, done)));
    this.restoreSecrets(result.inputs, news);
    return result;
  }

  async diff(
    { urn, id }: Target,
    old: Properties,
    news: PropertyMap,
    ignoreChanges: string[],
  ): Promise<DiffResult | undefined> {
    if (!(await this.configured)) {
      return undefined;
    }
    const request = identify(new proto.DiffRequest(), urn).setId(id).setIgnorechangesList(ignoreChanges);
    request.setOldInputs(this.wire(old.inputs)).setOlds(this.wire(old.outputs)).setNews(this.wire(news));
    return readDiff(await unary<proto.DiffResponse>((done) => this.client.diff(request, done)));
  }

  async create(urn: string, inputs: PropertyMap, timeout: number): Promise<LiveResource> {
    const planned = await this.plan(inputs);
    if (planned !== undefined) {
      return { id: "", outputs: planned };
    }
    const request = identify(new proto.CreateRequest(), urn).setTimeout(timeout).setPreview(this.preview);
    request.setProperties(this.wire(inputs));
    const created = await live(
      unary<proto.CreateResponse>((done) => this.client.create(request, done)),
      (answer) => ({ id: answer.getId(), outputs: fromWire(answer.getProperties()) }),
    );
    if (created.id === "" && !this.preview) {
      throw new Error(`the provider returned no id from creating ${urn}`);
    }
    this.restoreSecrets(created.outputs, inputs);
    return created;
  }

  async update({ urn, id }: Target, old: Properties, news: PropertyMap, options: UpdateOptions): Promise<LiveResource> {
    const planned = await this.plan(news);
    if (planned !== undefined) {
      return { id, outputs: planned };
    }
    const request = identify(new proto.UpdateRequest(), urn).setId(id).setTimeout(options.timeout);
    request.setOlds(this.wire(old.outputs)).setOldInputs(this.wire(old.inputs)).setNews(this.wire(news));
    request.setIgnorechangesList(options.ignoreChanges).setPreview(this.preview);
    const updated = await live(
      unary<proto.UpdateResponse>((done) => this.client.update(request, done)),
      (answer) => ({ id, outputs: fromWire(answer.getProperties()) }),
    );
    this.restoreSecrets(updated.outputs, news);
    return { ...updated, id };
  }

  async read({ urn, id }: Target, inputs: PropertyMap, outputs: PropertyMap, timeout: number): Promise<LiveResource> {
    if (!(await this.configured)) {
      return { id, outputs: {}, inputs: {} };
    }
    const request = identify(new proto.ReadRequest(), urn).setId(id).setTimeout(timeout);
    request.setInputs(this.wire(inputs)).setProperties(this.wire(outputs));
    const found = await live<proto.ReadResponse>(
      unary((done) => this.client.read(request, done)),
      (answer) => ({
        id: answer.getId(),
        outputs: fromWire(answer.getProperties()),
        ...(answer.hasInputs() && { inputs: fromWire(answer.getInputs()) }),
      }),
    );
    this.restoreSecrets(found.outputs, outputs);
    this.restoreSecrets(found.inputs ?? {}, inputs);
    return found;
  }

  async delete({ urn, id }: Target, inputs: PropertyMap, outputs: PropertyMap, timeout: number): Promise<void> {
    if (!(await this.configured)) {
      throw new Error("the provider's configuration is not known, so nothing can be deleted with it");
    }
    const request = identify(new proto.DeleteRequest(), urn).setId(id).setTimeout(timeout);
    request.setProperties(this.wire(outputs)).setOldInputs(this.wire(inputs));
    await unary<Empty>((done) => this.client.delete(request, done));
  }

  /** What a preview answers instead of asking the plugin: nothing known, or the inputs; undefined to ask it. */
  private async plan(inputs: PropertyMap): Promise<PropertyMap | undefined> {
    const known = await this.configured;
    if (!this.preview) {
      return undefined;
    }
    return known ? (this.capabilities.preview ? undefined : structuredClone(inputs)) : {};
  }
}
