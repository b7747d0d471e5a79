/**
 * A provider behind a plugin process: the calls about the provider itself, and what it can carry over the wire.
 * Source: sdk/go/common/resource/plugin/provider_plugin.go.
 */
import { Metadata } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PluginProcess } from "./pluginProcess";
import type { DiffResult } from "./propertyDiff";
import { bareDiff, type CheckResult, readChecked, readDiff, type Target } from "./providerProtocol";
import { channelOptions, insecure, isUnimplemented, unary } from "./rpc";
import { nameOf, packageOf, typeOf } from "./urn";
import { annotateSecrets, containsUnknown, type PropertyMap, reveal, toWire } from "./values";

/** How long a plugin may take to acknowledge that it is to abort. */
const cancelMilliseconds = 1000;

interface Identified {
  setUrn(urn: string): unknown;
  setName(name: string): unknown;
  setType(type: string): unknown;
}

/** Says which resource a request is about. */
export function identify<Request extends Identified>(request: Request, urn: string): Request {
  request.setUrn(urn);
  request.setName(nameOf(urn));
  request.setType(typeOf(urn));
  return request;
}

const configWire = (inputs: PropertyMap): Struct =>
  toWire(inputs, { secrets: false, resources: false, unknowns: true });

export class ProviderConnection {
  protected readonly client: ResourceProviderClient;
  /** What the plugin understands; said in the handshake, by older plugins in the answer to configure. */
  protected capabilities = { secrets: false, resources: false, preview: false };
  /** Whether the provider is configured; false where that has to wait for values not known in a preview. */
  protected configured: Promise<boolean> = Promise.reject(new Error("the provider was used before it was configured"));
  private handshaken = false;

  constructor(
    private readonly process: PluginProcess,
    protected readonly preview: boolean,
  ) {
    this.client = new ResourceProviderClient(process.address, insecure, channelOptions);
    this.configured.catch(() => undefined);
  }

  /** First call; also waits for the plugin to answer. Older plugins do not know it. */
  async handshake(engineAddress: string, directory: string): Promise<void> {
    const request = new proto.ProviderHandshakeRequest();
    request.setEngineAddress(engineAddress).setRootDirectory(directory).setProgramDirectory(directory);
    await this.orElse(undefined, async () => {
      const answer = await unary<proto.ProviderHandshakeResponse>((done) => this.client.handshake(request, done));
      this.capabilities = { secrets: answer.getAcceptSecrets(), resources: answer.getAcceptResources(), preview: true };
      this.handshaken = true;
    });
  }

  async checkConfig(urn: string, olds: PropertyMap, news: PropertyMap): Promise<CheckResult> {
    const request = identify(new proto.CheckRequest(), urn).setOlds(configWire(olds)).setNews(configWire(news));
    return this.orElse({ inputs: news, failures: [] }, async () => {
      const result = readChecked(await unary<proto.CheckResponse>((done) => this.client.checkConfig(request, done)));
      annotateSecrets(result.inputs, news);
      return result;
    });
  }

  async diffConfig(
    urn: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    news: PropertyMap,
  ): Promise<DiffResult> {
    const request = identify(new proto.DiffRequest(), urn).setNews(configWire(news));
    request.setOldInputs(configWire(oldInputs)).setOlds(configWire(oldOutputs));
    return this.orElse(bareDiff("unknown"), async () =>
      readDiff(await unary<proto.DiffResponse>((done) => this.client.diffConfig(request, done))),
    );
  }

  /** Starts configuring; a failure shows in the first call that needs the configuration, as with Pulumi. */
  configure(target: Target, inputs: PropertyMap): void {
    this.configured = this.sendConfiguration(target, inputs);
    this.configured.catch(() => undefined);
  }

  private async sendConfiguration({ urn, id }: Target, inputs: PropertyMap): Promise<boolean> {
    const settings = Object.entries(inputs).filter(([key]) => key !== "version");
    if (settings.some(([, value]) => containsUnknown(value))) {
      return false;
    }
    const request = identify(new proto.ConfigureRequest(), urn).setId(id);
    for (const [key, value] of settings) {
      const plain = reveal(value);
      const text = typeof plain === "string" ? plain : JSON.stringify(plain);
      request.getVariablesMap().set(`${packageOf(typeOf(urn))}:config:${key}`, text);
    }
    request.setArgs(toWire(inputs, { secrets: true, resources: true, unknowns: true }));
    request.setAcceptsecrets(true).setAcceptresources(true).setSendsOldInputs(true).setSendsOldInputsToDelete(true);
    const answer = await unary<proto.ConfigureResponse>((done) => this.client.configure(request, done));
    if (!this.handshaken) {
      const [secrets, resources] = [answer.getAcceptsecrets(), answer.getAcceptresources()];
      this.capabilities = { secrets, resources, preview: answer.getSupportspreview() };
    }
    return true;
  }

  /** Asks the plugin to abort what it can; plugins without the call go on. */
  async cancel(): Promise<void> {
    const options = { deadline: Date.now() + cancelMilliseconds };
    const call = unary<Empty>((done) => this.client.cancel(new Empty(), new Metadata(), options, done));
    await call.catch(() => undefined);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.process.stop();
  }

  protected wire(properties: PropertyMap): Struct {
    return toWire(properties, { ...this.capabilities, unknowns: true });
  }

  /** Puts back the secret marks that the plugin could not carry. */
  protected restoreSecrets(outputs: PropertyMap, inputs: PropertyMap): void {
    if (!this.capabilities.secrets) {
      annotateSecrets(outputs, inputs);
    }
  }

  private async orElse<Answer>(otherwise: Answer, call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (error) {
      if (isUnimplemented(error)) {
        return otherwise;
      }
      throw error;
    }
  }
}
