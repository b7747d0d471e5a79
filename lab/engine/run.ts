/** One run over a stack: what all its parts share. */
import type { Checkpoint } from "./checkpoint";
import type { RunEvents } from "./events";
import type { Providers } from "./providers";
import { messageOf } from "../machine/errors";
import type { ResourceState, Snapshot } from "./state";

export interface RunOptions {
  stack: string;
  project: string;
  /** Whether nothing is done, only said. */
  dryRun: boolean;
  /** How many steps may run at a time. */
  parallel: number;
  continueOnError: boolean;
}

/** Thrown to whoever waits for something that will not be done any more. */
export class CancelledError extends Error {}

export class Run {
  /** Old states by URN; without those that only wait to be deleted. */
  olds = new Map<string, ResourceState>();
  /** States of this run by URN: registered or read. */
  readonly news = new Map<string, ResourceState>();
  /** URNs whose step failed, or was not tried because of such a failure. */
  readonly failed = new Set<string>();
  /** URNs whose resource is deleted in this run, so that what is deleted with them is only forgotten. */
  readonly deletions = new Set<string>();
  /** Whether a person stopped the run. */
  interrupted = false;
  hasFailed = false;
  /** Aborted when no further step is to be started. */
  private readonly stopping = new AbortController();
  private over = false;

  constructor(
    readonly options: RunOptions,
    readonly base: Snapshot,
    readonly providers: Providers,
    readonly checkpoint: Checkpoint,
    readonly events: RunEvents,
  ) {
    this.setBase(base.resources);
  }

  /** Sets what there was before this run. */
  setBase(resources: ResourceState[]): void {
    this.base.resources = resources;
    this.olds = new Map(resources.filter((state) => !state.delete).map((state) => [state.urn, state]));
  }

  /** Records an error: the run goes on or not as its caller decides, but has failed. */
  fail(error: unknown, urn: string): void {
    if (this.over) return;
    this.hasFailed = true;
    this.events.emit("log", "error", messageOf(error), urn);
  }

  /** Lets running steps end and starts no more. */
  cancel(reason: string): void {
    this.stopping.abort(new CancelledError(reason));
  }

  get cancelled(): boolean {
    return this.stopping.signal.aborted;
  }

  /** @throws CancelledError where no further step is to be started. */
  throwIfCancelled(): void {
    this.stopping.signal.throwIfAborted();
  }

  onCancel(notify: () => void): void {
    if (this.cancelled) notify();
    else this.stopping.signal.addEventListener("abort", notify);
  }

  /** Stops the run on behalf of a person: it has not failed, but not been completed either. */
  interrupt(): void {
    this.interrupted = true;
    this.cancel("the run was interrupted");
  }

  /** To be called when nobody waits for any step: what was under way loses its plugin, which is no failure. */
  end(): void {
    this.over = true;
  }
}
