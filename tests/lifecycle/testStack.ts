/** A stack of the program `programs/things` in a folder of its own, driven through the engine's command line. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { dump } from "js-yaml";
import { type Ended, startProcess } from "../support/runningProcess";
import { defaultDriver, type Driver, type StackFiles } from "./drivers";
import { describeSteps, isOwn, nameOf, readLines, readStepEvents, type StepEvents } from "./stepEvents";

/** Of one run, in seconds: well under the limit of a test, so that a run that hangs says so itself. */
const patience = 90;
/** Exit code of a run that a signal ended. */
const killed = -1;

/** One resource of the program; see programs/things/index.js. */
export interface Resource {
  component?: boolean;
  /** Id of a thing to be read instead of made. */
  get?: string;
  props?: Record<string, unknown>;
  opts?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}
export type Spec = Record<string, Resource>;

/** What a run came to. */
export interface Outcome {
  code: number;
  output: string;
  /** `operation name` of each step that ended well, in order, without default providers. */
  steps: string[];
  /** The same of steps that failed. */
  failures: string[];
  events: StepEvents;
}

export interface StoredResource {
  urn: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  parent?: string;
  provider?: string;
  dependencies?: string[];
  [field: string]: unknown;
}

export interface Deployment {
  resources?: StoredResource[];
  pending_operations?: { type: string; resource: StoredResource }[];
  secrets_providers?: { state: { salt: string } };
}

export class TestStack {
  readonly folder = mkdtempSync(join(tmpdir(), "engine-"));
  readonly stateFile = join(this.folder, "state.json");
  readonly configFile = join(this.folder, "Pulumi.dev.yaml");
  readonly world = join(this.folder, "world");
  readonly passphrase = "correct horse";
  private readonly journalFile = join(this.folder, "journal");
  /** Further variables of the runs' environment. */
  readonly variables: NodeJS.ProcessEnv = {};

  /** @param program a folder in programs/, named like the project in it. */
  constructor(
    private readonly program = "things",
    private driver = defaultDriver,
  ) {
    mkdirSync(this.world);
  }

  /** Goes on with another driver, which takes over the checkpoint as a person would have it do. */
  async handTo(other: Driver): Promise<void> {
    const file = join(this.folder, "exported.json");
    const exported = await this.run("stack export", "--file", file);
    this.driver = other;
    const imported = await this.run("stack import", "--file", file);
    if (exported.code !== 0 || imported.code !== 0) {
      throw new Error(`not handed over:\n${exported.output}\n${imported.output}`);
    }
  }

  /** Sets what the program `things` registers, and further configuration by key without namespace. */
  describe(spec: Spec, config: Record<string, unknown> = {}, extra: Record<string, unknown> = {}): void {
    const list = Object.entries(spec).map(([name, resource]) => ({ name, ...resource }));
    this.configure({ spec: list, ...config }, extra);
  }

  /** Writes the stack's configuration file: `config` by key without namespace, and other fields. */
  configure(config: Record<string, unknown>, extra: Record<string, unknown> = {}): void {
    const keys = Object.entries(config).map(([key, value]) => [`${this.program}:${key}`, value] as const);
    writeFileSync(this.configFile, dump({ ...extra, config: Object.fromEntries(keys) }));
  }

  async preview(...args: string[]): Promise<Outcome> {
    return this.run("preview", ...args);
  }
  async up(...args: string[]): Promise<Outcome> {
    return this.run("up", ...args);
  }
  async refresh(...args: string[]): Promise<Outcome> {
    return this.run("refresh", ...args);
  }
  async destroy(...args: string[]): Promise<Outcome> {
    return this.run("destroy", ...args);
  }

  async run(command: string, ...args: string[]): Promise<Outcome> {
    const { ended } = this.start(command, ...args);
    return ended;
  }

  private get files(): StackFiles {
    const { program, folder, configFile, stateFile } = this;
    return { program, folder, configFile, stateFile, programDirectory: join(__dirname, "programs", program) };
  }

  /** Starts a command; `process` is for those who want to disturb it. */
  start(command: string, ...args: string[]): { process: ChildProcess; ended: Promise<Outcome> } {
    const log = join(this.folder, "events");
    rmSync(log, { force: true });
    const line = this.driver.commandLine(this.files, command, args, log);
    const env = { ...this.environment(), ...line.env };
    const { process: child, ended } = startProcess(line.command, line.args, { env }, patience);
    return { process: child, ended: ended.then((run) => this.outcome(run, log)) };
  }

  private outcome({ code, output }: Ended, log: string): Outcome {
    const events = readStepEvents(log);
    const steps = describeSteps(events.succeeded);
    return { code: code ?? killed, output, steps, failures: describeSteps(events.failed), events };
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      THINGS_WORLD: this.world,
      THINGS_JOURNAL: this.journalFile,
      PULUMI_CONFIG_PASSPHRASE: this.passphrase,
      ...this.variables,
    };
  }

  /** Calls of the provider since the last look, as `call name`; what only began is left out unless asked for. */
  journal(withBeginnings = false): string[] {
    const calls = readLines<{ call: string; name: string }>(this.journalFile);
    rmSync(this.journalFile, { force: true });
    return calls
      .filter(({ call }) => withBeginnings || !call.endsWith("begins"))
      .map(({ call, name }) => `${call} ${name}`);
  }

  /** Resolves when the provider has begun a call, given as `call name`. */
  async untilBegun(wanted: string): Promise<void> {
    const begun = (): boolean =>
      readLines<{ call: string; name: string }>(this.journalFile).some(
        ({ call, name }) => call.endsWith(" begins") && wanted === `${call.replace(" begins", "")} ${name}`,
      );
    while (!begun()) {
      await pause(20);
    }
  }

  get stateText(): string {
    return this.driver.state(this.files);
  }

  deployment(): Deployment {
    // The CLI has none for a stack that was never brought up.
    return (JSON.parse(this.stateText) as { deployment: Deployment | null }).deployment ?? {};
  }

  /** Recorded resources by name, without the stack and providers. */
  resources(): Record<string, StoredResource> {
    const own = (this.deployment().resources ?? []).filter(({ urn }) => isOwn(urn));
    return Object.fromEntries(own.map((resource) => [nameOf(resource.urn), resource]));
  }

  /** What the provider's world holds: the things by name. */
  things(): Record<string, Record<string, unknown>> {
    const all = readdirSync(this.world).map(
      (file) => JSON.parse(readFileSync(join(this.world, file), "utf8")) as Record<string, unknown>,
    );
    return Object.fromEntries(all.map((thing) => [String(thing.name), thing]));
  }

  /** Changes a thing behind the engine's back; undefined removes it. */
  disturb(name: string, change: Record<string, unknown> | undefined): void {
    const file = readdirSync(this.world).find((candidate) => candidate.startsWith(`${name}-`));
    const path = join(this.world, file ?? "");
    if (change === undefined) {
      rmSync(path);
    } else {
      const thing = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
      writeFileSync(path, JSON.stringify({ ...thing, ...change }));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
