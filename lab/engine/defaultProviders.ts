/** Providers no program declares: one per package and version. Source: deploy/default_providers.go. */
import { type Goal, newGoal } from "./goal";
import { setProviderVersion } from "./providerRegistry";
import type { StackConfig } from "./stackConfig";
import { defaultProviderName, formatReference, providerType } from "./urn";
import { makeSecret, type PropertyMap } from "./values";
import type { ResourceState } from "./state";

/** The configuration a provider gets: its namespace, or for dynamic providers everything by full key. */
function packageConfig(config: StackConfig, packageName: string): PropertyMap {
  const dynamic = packageName === "pulumi-nodejs";
  const entries = [...config].flatMap(([key, { text, secret }]) => {
    const [namespace, name = ""] = key.split(/:(.*)/s);
    return dynamic || namespace === packageName
      ? [[dynamic ? key : name, secret ? makeSecret(text) : text] as const]
      : [];
  });
  return Object.fromEntries(entries);
}

export class DefaultProviders {
  private readonly references = new Map<string, Promise<string>>();

  /** @param register registers a provider resource and returns its state. */
  constructor(
    private readonly config: StackConfig,
    private readonly register: (goal: Goal) => Promise<ResourceState>,
  ) {}

  /** The reference of a package's default provider, which is registered when it is first asked for. */
  reference(packageName: string, version: string): Promise<string> {
    const name = defaultProviderName(version);
    const key = `${packageName} ${name}`;
    const reference = this.references.get(key) ?? this.create(packageName, version, name);
    this.references.set(key, reference);
    return reference;
  }

  private async create(packageName: string, version: string, name: string): Promise<string> {
    const disabled = this.config.get("pulumi:disable-default-providers")?.text ?? "";
    const list: unknown = disabled === "" ? [] : JSON.parse(disabled);
    if (Array.isArray(list) && list.some((entry) => entry === "*" || entry === packageName)) {
      throw new Error(`Default provider for '${packageName}' disabled. Its resources must use an explicit provider.`);
    }
    const properties = packageConfig(this.config, packageName);
    if (version !== "") {
      setProviderVersion(properties, version);
    }
    const state = await this.register(newGoal({ type: providerType(packageName), name, custom: true, properties }));
    return formatReference(state);
  }
}
