/** Providers no program declares: one per package and version. Source: deploy/default_providers.go. */
import { setProviderVersion } from "./providers";
import type { StackConfig } from "./stackConfig";
import { newState, type ResourceState } from "./state";
import { createUrn, defaultProviderName, formatReference, providerType } from "./urn";
import { makeSecret, type PropertyMap } from "./values";

/** The configuration a provider gets: its namespace, or for dynamic providers everything by full key. */
function packageConfig(config: StackConfig, packageName: string): PropertyMap {
  const dynamic = packageName === "pulumi-nodejs";
  const own = [...config].filter(([key]) => dynamic || key.startsWith(`${packageName}:`));
  return Object.fromEntries(
    own.map(([key, { text, secret }]) => [
      dynamic ? key : key.replace(`${packageName}:`, ""),
      secret ? makeSecret(text) : text,
    ]),
  );
}

/** @throws Error where the configuration forbids it. */
function refuseDisabled(config: StackConfig, packageName: string): void {
  const disabled: unknown = JSON.parse(config.get("pulumi:disable-default-providers")?.text || "[]");
  if (Array.isArray(disabled) && disabled.some((entry) => entry === "*" || entry === packageName)) {
    throw new Error(`Default provider for '${packageName}' disabled. Its resources must use an explicit provider.`);
  }
}

export class DefaultProviders {
  private readonly references = new Map<string, Promise<string>>();

  /** @param register registers a provider resource and returns its state. */
  constructor(
    private readonly stack: string,
    private readonly project: string,
    private readonly config: StackConfig,
    private readonly register: (fresh: ResourceState) => Promise<ResourceState>,
  ) {}

  /** The reference of a package's default provider, which is registered when it is first asked for. */
  reference(packageName: string, version: string): Promise<string> {
    const [name, type] = [defaultProviderName(version), providerType(packageName)];
    const urn = createUrn(this.stack, this.project, "", type, name);
    const reference = this.references.get(urn) ?? this.create(urn, type, packageName, version);
    this.references.set(urn, reference);
    return reference;
  }

  private async create(urn: string, type: string, packageName: string, version: string): Promise<string> {
    refuseDisabled(this.config, packageName);
    const inputs = packageConfig(this.config, packageName);
    if (version !== "") setProviderVersion(inputs, version);
    return formatReference(await this.register(newState({ urn, type, custom: true, inputs })));
  }
}
