/** Starts provider plugins for one run and ends them with it. */
import { dirname } from "node:path";
import type { ChildProcesses } from "./childProcesses";
import { findPlugin } from "./pluginPath";
import { startPlugin } from "./pluginProcess";
import { ProviderClient } from "./providerClient";

export interface PluginHostOptions {
  children: ChildProcesses;
  /** Where plugins run: the folder of the program. */
  programDirectory: string;
  project: string;
  /** The stack's configuration in clear, as the CLI gives it to plugins: JSON of `namespace:key` to text. */
  config: string;
  preview: boolean;
  /** Told every line a plugin prints; `dynamic` where it is the program's own code that printed it. */
  log: (line: string, dynamic: boolean) => void;
}

export class PluginHost {
  /** Where the engine listens; known once it does. */
  engineAddress = "";
  private readonly clients = new Set<ProviderClient>();
  private readonly prepared = new Map<string, Promise<ProviderClient>>();
  private closing = false;

  constructor(private readonly options: PluginHostOptions) {}

  /** Starts what will be asked for, ahead of time; a failure shows when it is asked for. */
  prepare(packageName: string, version: string): void {
    const key = `${packageName} ${version}`;
    if (!this.prepared.has(key)) {
      const client = this.launch(packageName, version);
      client.catch(() => undefined);
      this.prepared.set(key, client);
    }
  }

  /** @throws Error where no plugin is found or it does not come alive. */
  async start(packageName: string, version: string): Promise<ProviderClient> {
    const key = `${packageName} ${version}`;
    const client = this.prepared.get(key) ?? this.launch(packageName, version);
    this.prepared.delete(key);
    return client;
  }

  private async launch(packageName: string, version: string): Promise<ProviderClient> {
    this.refuseAfterClose();
    const { engineAddress } = this;
    const { children, programDirectory, project, config, preview, log } = this.options;
    const plugin = findPlugin(packageName, version, programDirectory);
    const dynamic = packageName === "pulumi-nodejs";
    const env = {
      ...process.env,
      PULUMI_PROJECT: project,
      PULUMI_CONFIG: config,
      ...(dynamic && { PULUMI_NODEJS_PROJECT: project }),
    };
    const running = await startPlugin(children, plugin, engineAddress, programDirectory, env, (line) => {
      log(line, dynamic);
    });
    this.refuseAfterClose();
    const client = new ProviderClient(running, preview);
    this.clients.add(client);
    await client.handshake(engineAddress, dirname(plugin.path));
    return client;
  }

  async close(client: ProviderClient): Promise<void> {
    this.clients.delete(client);
    await client.close();
  }

  /** Asks every plugin to abort what it is doing. */
  async cancel(): Promise<void> {
    await Promise.all([...this.clients].map((client) => client.cancel()));
  }

  /** Ends every plugin, also one that is only being started; from now on none is. */
  async closeAll(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.clients].map((client) => this.close(client)));
    await this.options.children.stopAll();
  }

  private refuseAfterClose(): void {
    if (this.closing) {
      throw new Error("the run is over; no plugin is started any more");
    }
  }
}
