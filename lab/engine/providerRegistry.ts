/**
 * Provider resources: their check, diff, create and update load and configure plugins, and a reference `URN::ID` leads
 * to the plugin behind it. Source: pkg/resource/deploy/providers/registry.go.
 */
import { randomUUID } from "node:crypto";
import { omit } from "./omit";
import type { PluginHost } from "./pluginHost";
import type { DiffResult } from "./propertyDiff";
import type { ProviderClient } from "./providerClient";
import type { CheckResult, LiveResource, Properties, ResourceOperations, Target } from "./providerProtocol";
import type { ResourceState } from "./state";
import { formatReference, isProviderType, packageOf, parseReference, typeOf, unknownProviderId } from "./urn";
import { equal, type PropertyMap } from "./values";

/** Key under which the engine keeps its own notes in a provider's inputs; plugins never see it. */
const internalKey = "__internal";

/** Records the version of the plugin a provider is to use, in the form the CLI records it. */
export function setProviderVersion(inputs: PropertyMap, version: string): void {
  inputs[internalKey] ??= {};
  inputs.version = version.replace(/^v/, "");
}

const visible = (inputs: PropertyMap): PropertyMap => omit(inputs, internalKey);

const versionIn = (inputs: PropertyMap): string => (typeof inputs.version === "string" ? inputs.version : "");

export class ProviderRegistry implements ResourceOperations {
  private readonly configured = new Map<string, ProviderClient>();
  /** Loaded by a check, waiting for create, update or same; by URN. */
  private readonly unconfigured = new Map<string, ProviderClient>();
  private readonly loading = new Map<string, Promise<void>>();

  constructor(
    private readonly host: PluginHost,
    private readonly preview: boolean,
  ) {}

  /** Starts the plugins of providers that are on record: what uses them is likely to come. */
  prepare(resources: ResourceState[]): void {
    for (const { type, inputs } of resources.filter((state) => isProviderType(state.type))) {
      this.host.prepare(packageOf(type), versionIn(inputs));
    }
  }

  /** The plugin behind a reference, if it is configured. */
  get(reference: string): ProviderClient | undefined {
    return this.configured.get(reference);
  }

  /** Also leads from the former name of a renamed provider to its plugin. */
  addAlias(reference: string, alias: string): void {
    const client = this.configured.get(reference);
    if (client !== undefined) {
      this.configured.set(formatReference({ urn: alias, id: parseReference(reference).id }), client);
    }
  }

  async check(urn: string, olds: PropertyMap, news: PropertyMap): Promise<CheckResult> {
    const client = await this.load(urn, news);
    const result = await client.checkConfig(urn, visible(olds), visible(news));
    if (result.failures.length > 0) {
      await this.host.close(client);
      return result;
    }
    await this.dropUnconfigured(urn);
    this.unconfigured.set(urn, client);
    const { version, [internalKey]: internal } = news;
    const kept = {
      ...(version !== undefined && { version }),
      ...(internal !== undefined && { [internalKey]: internal }),
    };
    return { inputs: { ...result.inputs, ...kept }, failures: [] };
  }

  async diff(target: Target, old: Properties, news: PropertyMap): Promise<DiffResult> {
    const client = this.unconfigured.get(target.urn) ?? this.configured.get(formatReference(target));
    if (client === undefined) {
      throw new Error(`provider ${target.urn} was compared before it was loaded`);
    }
    const diff = await client.diffConfig(target.urn, visible(old.inputs), old.outputs, visible(news));
    return diff.changes === "unknown"
      ? { ...diff, changes: equal(old.outputs, visible(news)) ? "none" : "some" }
      : diff;
  }

  async create(urn: string, inputs: PropertyMap): Promise<LiveResource> {
    const id = this.preview ? unknownProviderId : randomUUID();
    return this.configure({ urn, id }, inputs);
  }

  async update(target: Target, _old: unknown, inputs: PropertyMap): Promise<LiveResource> {
    return this.configure(target, inputs);
  }

  /** Makes an unchanged provider usable; `checked` where a check of this run has loaded it already. */
  async same(state: ResourceState, checked: boolean): Promise<void> {
    const { urn, id, inputs } = state;
    if (this.configured.has(formatReference({ urn, id }))) {
      return;
    }
    const client = (checked ? this.takeUnconfigured(urn) : undefined) ?? (await this.load(urn, inputs));
    client.configure({ urn, id }, visible(inputs));
    this.configured.set(formatReference({ urn, id }), client);
  }

  /** Loads a provider from its recorded state, once however many resources ask for it at a time. */
  async ensure(state: ResourceState): Promise<void> {
    const reference = formatReference(state);
    const loading = this.loading.get(reference) ?? this.same(state, false);
    this.loading.set(reference, loading);
    await loading;
  }

  async delete(target: Target): Promise<void> {
    const client = this.configured.get(formatReference(target));
    this.configured.delete(formatReference(target));
    if (client !== undefined) {
      await this.host.close(client);
    }
  }

  async read(): Promise<LiveResource> {
    return Promise.reject(new Error("provider resources cannot be read; only registered"));
  }

  private async configure(target: Target, inputs: PropertyMap): Promise<LiveResource> {
    const client = this.takeUnconfigured(target.urn) ?? (await this.load(target.urn, inputs));
    client.configure(target, visible(inputs));
    this.configured.set(formatReference(target), client);
    return { id: target.id, outputs: visible(inputs) };
  }

  private takeUnconfigured(urn: string): ProviderClient | undefined {
    const client = this.unconfigured.get(urn);
    this.unconfigured.delete(urn);
    return client;
  }

  private async dropUnconfigured(urn: string): Promise<void> {
    const client = this.takeUnconfigured(urn);
    if (client !== undefined) {
      await this.host.close(client);
    }
  }

  private load(urn: string, inputs: PropertyMap): Promise<ProviderClient> {
    return this.host.start(packageOf(typeOf(urn)), versionIn(inputs));
  }
}
