/** A stack of the program `programs/things` in a folder of its own, driven through the engine's command line. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { driver, type StackFiles } from "./drivers";

/** One resource of the program; see programs/things/index.js. */
export interface Resource {
  component?: boolean;
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
}

interface LoggedStep {
  metadata: { op: string; urn: string; detailedDiff?: Record<string, { diffKind: string }> };
}
interface LoggedEvent {
  resOutputsEvent?: LoggedStep;
  resOpFailedEvent?: LoggedStep;
}

export interface StoredResource {
  urn: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [field: string]: unknown;
}

/** Tests of what is the engine's own, where the CLI differs on purpose. */
export const engineOnly = driver.name === "engine" ? test : test.skip;

export class TestStack {
  readonly folder = mkdtempSync(join(tmpdir(), "engine-"));
  readonly stateFile = join(this.folder, "state.json");
  readonly configFile = join(this.folder, "Pulumi.dev.yaml");
  readonly world = join(this.folder, "world");
  readonly passphrase = "correct horse";
  private readonly journalFile = join(this.folder, "journal");

  /** @param program a folder in programs/, named like the project in it. */
  constructor(private readonly program = "things") {
    mkdirSync(this.world);
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
    const line = driver.commandLine(this.files, command, args, log);
    const child = spawn(line.command, line.args, { env: { ...this.environment(), ...line.env } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => (output += data.toString()));
    }
    const ended = new Promise<Outcome>((resolveOutcome) => {
      child.on("close", (code, signal) => {
        const events = existsSync(log) ? readLines<LoggedEvent>(log) : [];
        const describeStep = ({ metadata }: LoggedStep): string => `${metadata.op} ${nameOf(metadata.urn)}`;
        const shown = (step: LoggedStep | undefined): string[] =>
          step === undefined ||
          step.metadata.urn.includes("pulumi:providers:") ||
          step.metadata.urn.includes("pulumi:pulumi:Stack::")
            ? []
            : [describeStep(step)];
        resolveOutcome({
          code: code ?? (signal === null ? -1 : -2),
          output,
          steps: events.flatMap(({ resOutputsEvent }) => shown(resOutputsEvent)),
          failures: events.flatMap(({ resOpFailedEvent }) => shown(resOpFailedEvent)),
        });
      });
    });
    return { process: child, ended };
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      THINGS_WORLD: this.world,
      THINGS_JOURNAL: this.journalFile,
      PULUMI_CONFIG_PASSPHRASE: this.passphrase,
    };
  }

  /** Calls of the provider since the last look, as `call name`; what only began is left out unless asked for. */
  journal(withBeginnings = false): string[] {
    const calls = existsSync(this.journalFile) ? readLines<{ call: string; name: string }>(this.journalFile) : [];
    rmSync(this.journalFile, { force: true });
    return calls
      .filter(({ call }) => withBeginnings || !call.endsWith("begins"))
      .map(({ call, name }) => `${call} ${name}`);
  }

  /** Whether the provider has begun a call, without taking it from the journal. */
  hasBegun(call: string, name: string): boolean {
    const calls = existsSync(this.journalFile) ? readLines<{ call: string; name: string }>(this.journalFile) : [];
    return calls.some((each) => each.call === `${call} begins` && each.name === name);
  }

  get stateText(): string {
    return driver.state(this.files);
  }

  deployment(): { resources: StoredResource[]; pending_operations?: { type: string; resource: StoredResource }[] } {
    return (JSON.parse(this.stateText) as { deployment: ReturnType<TestStack["deployment"]> }).deployment;
  }

  /** Recorded resources by name, without the stack and providers. */
  resources(): Record<string, StoredResource> {
    const own = this.deployment().resources.filter(({ urn }) => !/pulumi:(providers:|pulumi:Stack::)/.test(urn));
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

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

function readLines<Line>(file: string): Line[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}
