/** One run over a stack: what all its parts share. */
import type { Checkpoint } from "./checkpoint";
import type { ResourceOperations } from "./providerProtocol";
import type { ProviderRegistry } from "./providerRegistry";
import { messageOf } from "./rpc";
import type { ResourceState, Snapshot } from "./state";
import type { Step } from "./steps";
import { isProviderType, parseReference } from "./urn";
import type { PropertyMap } from "./values";

export type Severity = "debug" | "info" | "warning" | "error";

/** Told what happens in a run. */
export interface RunEvents {
  /** @param urn empty where a message belongs to no resource. */
  log(severity: Severity, message: string, urn: string): void;
  /** Told properties before anything is said about them, for the secrets in them. */
  observe(properties: PropertyMap): void;
  stepStarted(step: Step): void;
  stepEnded(step: Step, error: Error | undefined): void;
  /** A component's outputs are there: only then its step is over, for whoever looks on. */
  outputsRegistered(step: Step): void;
}

export interface RunOptions {
  stack: string;
  project: string;
  dryRun: boolean;
  /** How many steps may run at a time. */
  parallel: number;
  continueOnError: boolean;
}

/** Thrown to whoever waits for something that will not be done any more. */
export class CancelledError extends Error {}

export class Run {
  /** Old states by URN; without those that only wait to be deleted. */
  readonly olds = new Map<string, ResourceState>();
  /** States of this run by URN: registered, read or refreshed. */
  readonly news = new Map<string, ResourceState>();
  /** URNs whose step failed, or was not tried because of such a failure. */
  readonly failed = new Set<string>();
  readonly stack: string;
  readonly project: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly continueOnError: boolean;
  private readonly cancellations: (() => void)[] = [];
  private stopped: string | undefined;
  private errors = 0;
  private over = false;
  /** Whether a person stopped the run. */
  interrupted = false;

  constructor(
    options: RunOptions,
    readonly base: Snapshot,
    readonly registry: ProviderRegistry,
    readonly checkpoint: Checkpoint,
    readonly events: RunEvents,
  ) {
    ({ stack: this.stack, project: this.project, dryRun: this.dryRun } = options);
    ({ parallel: this.parallel, continueOnError: this.continueOnError } = options);
    this.indexBase();
  }

  /** To be called after the base was changed by a refresh. */
  indexBase(): void {
    this.olds.clear();
    for (const state of this.base.resources.filter((each) => !each.delete)) {
      this.olds.set(state.urn, state);
    }
  }

  get hasFailed(): boolean {
    return this.errors > 0;
  }

  /** Why no further step is started; undefined as long as they are. */
  get cancelled(): string | undefined {
    return this.stopped;
  }

  /** To be called when nobody waits for any step: what was under way loses its plugin, which is no failure. */
  end(): void {
    this.over = true;
  }

  /** Records an error: the run goes on or not as its caller decides, but has failed. */
  fail(error: unknown, urn: string): void {
    if (this.over) {
      return;
    }
    this.errors++;
    this.events.log("error", messageOf(error), urn);
  }

  /** Lets running steps end and starts no more. */
  cancel(reason: string): void {
    if (this.stopped === undefined) {
      this.stopped = reason;
      this.cancellations.forEach((notify) => {
        notify();
      });
    }
  }

  /** Stops the run on behalf of a person: it has not failed, but not been completed either. */
  interrupt(): void {
    this.interrupted = true;
    this.cancel("the run was interrupted");
  }

  onCancel(notify: () => void): void {
    if (this.stopped === undefined) {
      this.cancellations.push(notify);
    } else {
      notify();
    }
  }

  /** @throws Error where the resource's provider is not configured. */
  operations({ type, provider }: { type: string; provider: string }): ResourceOperations {
    const operations = isProviderType(type) ? this.registry : this.registry.get(provider);
    if (operations === undefined) {
      throw new Error(`unknown provider ${JSON.stringify(provider)}: it is neither registered nor in the checkpoint`);
    }
    return operations;
  }

  /** Makes the provider of an old resource usable, from its recorded state if the program did not register it. */
  async ensureProvider(reference: string): Promise<void> {
    if (reference === "" || this.registry.get(reference) !== undefined) {
      return;
    }
    const { urn, id } = parseReference(reference);
    const state = this.base.resources.find((candidate) => candidate.urn === urn && candidate.id === id);
    if (state === undefined) {
      throw new Error(`could not find provider ${reference} in the checkpoint`);
    }
    await this.registry.ensure(state);
  }
}
