/**
 * Provider resources: their check, diff, create and update start and configure plugins, and a reference `URN::ID` leads
 * to the plugin behind it. Source: pkg/resource/deploy/providers/registry.go.
 */
import { omit } from "es-toolkit";
import { randomUUID } from "node:crypto";
import type { DiffResult } from "./propertyDiff";
import { Provider, type ResourceOperations } from "./provider";
import type { CheckResult, LiveResource } from "./providerAnswers";
import type { ResourceState, Snapshot } from "./state";
import { formatReference, isProviderType, packageOf, typeOf } from "./urn";
import { equal, type PropertyMap, unknownValue } from "./values";

/** Key under which the engine keeps its own notes in a provider's inputs; plugins never see it. */
const internalKey = "__internal";

/** Records the version of the plugin a provider is to use, in the form the CLI records it. */
export function setProviderVersion(inputs: PropertyMap, version: string): void {
  inputs[internalKey] ??= {};
  inputs.version = version.replace(/^v/, "");
}

const visible = (inputs: PropertyMap): PropertyMap => omit(inputs, [internalKey]);

export class Providers implements ResourceOperations {
  private readonly configured = new Map<string, Promise<Provider>>();
  /** Started, waiting for create, update or same to configure them; by URN. */
  private readonly loaded = new Map<string, Promise<Provider>>();
  private readonly all: Provider[] = [];

  /**
   * @param base has the providers of earlier runs, which old resources may refer to.
   * @param start starts the plugin of a package. @returns its address.
   */
  constructor(
    private readonly base: Snapshot,
    private readonly preview: boolean,
    private readonly start: (packageName: string, version: string) => Promise<string>,
  ) {}

  /** What does something for a resource: its provider, configured as the program or else the base has it. */
  async operations({ type, provider }: { type: string; provider: string }): Promise<ResourceOperations> {
    return isProviderType(type) ? this : this.get(provider);
  }

  /** @throws Error where the provider is neither registered nor in the base. */
  get(reference: string): Promise<Provider> {
    const known = this.configured.get(reference);
    if (known !== undefined) return known;
    const state = this.base.resources.find((each) => formatReference(each) === reference);
    if (state === undefined) throw new Error(`provider ${reference} is neither registered nor in the checkpoint`);
    return this.configure(state, state.id);
  }

  async check(urn: string, olds: PropertyMap, news: PropertyMap): Promise<CheckResult> {
    const provider = await this.load({ urn, inputs: news });
    const { inputs, failures } = await provider.checkConfig(urn, visible(olds), visible(news));
    const kept = Object.entries(news).filter(([key]) => key === "version" || key === internalKey);
    return { inputs: { ...inputs, ...Object.fromEntries(kept) }, failures };
  }

  async diff(old: ResourceState, news: PropertyMap): Promise<DiffResult> {
    const provider = await (this.loaded.get(old.urn) ?? this.get(formatReference(old)));
    const diff = await provider.diffConfig({ ...old, inputs: visible(old.inputs) }, visible(news));
    if (diff.changes !== "unknown") return diff;
    return { ...diff, changes: equal(old.outputs, visible(news)) ? "none" : "some" };
  }

  async create(fresh: ResourceState): Promise<LiveResource> {
    return this.update({ ...fresh, id: this.preview ? unknownValue : randomUUID() }, fresh);
  }

  async update({ id }: ResourceState, fresh: ResourceState): Promise<LiveResource> {
    await this.configure(fresh, id);
    return { id, outputs: visible(fresh.inputs), initErrors: [] };
  }

  /** Makes an unchanged provider usable. */
  async same(old: ResourceState): Promise<void> {
    await (this.configured.get(formatReference(old)) ?? this.configure(old, old.id));
  }

  async read(): Promise<LiveResource> {
    return Promise.reject(new Error("provider resources cannot be read; only registered"));
  }

  /** The plugin ends with the run. */
  async delete(): Promise<void> {
    return Promise.resolve();
  }

  /** Asks every plugin to abort what it is doing. */
  async cancel(): Promise<void> {
    await Promise.all(this.all.map((provider) => provider.cancel()));
  }

  private configure(state: ResourceState, id: string): Promise<Provider> {
    const { urn, inputs } = state;
    const configured = this.load(state).then((provider) => {
      provider.configure(urn, id, visible(inputs));
      return provider;
    });
    this.loaded.delete(urn);
    this.configured.set(formatReference({ urn, id }), configured);
    return configured;
  }

  /** Starts the plugin of a provider, unless that has been done; ahead of time, too: a failure shows to who waits. */
  load({ urn, inputs: { version } }: Pick<ResourceState, "urn" | "inputs">): Promise<Provider> {
    const loading = this.loaded.get(urn) ?? this.launch(urn, typeof version === "string" ? version : "");
    loading.catch(() => undefined);
    this.loaded.set(urn, loading);
    return loading;
  }

  private async launch(urn: string, version: string): Promise<Provider> {
    const provider = new Provider(await this.start(packageOf(typeOf(urn)), version), this.preview);
    this.all.push(provider);
    return provider;
  }
}
