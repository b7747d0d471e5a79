/** Runs steps: so many at a time, each recorded before and after. Source: deploy/step_executor.go, step_generator.go. */
import { omit } from "es-toolkit";
import PQueue from "p-queue";
import { applyStep, isProtectedDelete, PartialFailure } from "./applyStep";
import { CancelledError, type Run } from "./run";
import { dependenciesOf, type ResourceState } from "./state";
import type { StepGenerator } from "./stepGenerator";
import { pendingType, type Step, subject } from "./steps";
import { providerUrn } from "./urn";
import { equal } from "./values";

/** Whether a same step changes nothing on record but times. */
function isUnchanged({ op, old, new: fresh }: Step): boolean {
  const comparable = (state: ResourceState) => ({
    ...omit(state, ["created", "modified", "initErrors"]),
    dependencies: [...state.dependencies].sort(),
  });
  return op === "same" && old !== undefined && fresh !== undefined && equal(comparable(old), comparable(fresh));
}

export class Executor {
  private readonly queue: PQueue;

  constructor(
    private readonly run: Run,
    private readonly generator: StepGenerator,
  ) {
    this.queue = new PQueue({ concurrency: run.options.parallel });
  }

  /**
   * Runs the steps of one resource one after the other.
   * @returns whether all succeeded; with --continue-on-error a failure is no reason to stop the others.
   * @throws CancelledError where the run is being stopped.
   */
  async runChain(steps: Step[]): Promise<boolean> {
    if (steps.some((step) => this.dependsOnFailed(step))) {
      steps.forEach(({ urn }) => this.run.failed.add(urn));
      return false;
    }
    return this.queue.add(async () => {
      for (const step of steps) if (!(await this.runStep(step))) return false;
      return true;
    });
  }

  /** Resolves when no step runs. */
  idle(): Promise<void> {
    return this.queue.onIdle();
  }

  /**
   * Deletes what was replaced and what the program no longer registers: each after everything that needs it, and not at
   * all where something that needs it stays for a failure.
   */
  async runDeletes(): Promise<void> {
    const { base, failed, deletions } = this.run;
    const steps = new Map(base.resources.map((state) => [state, this.deleteStep(state)]));
    steps.forEach((step) => step && deletions.add(step.urn));
    const gone = new Map<ResourceState, Promise<boolean>>();
    const neededBy = neededByOf(base.resources);
    for (const state of base.resources.toReversed()) {
      const before = Promise.all((neededBy.get(state) ?? []).flatMap((each) => gone.get(each) ?? []));
      const step = steps.get(state);
      const after = before.then((all) => {
        if (!all.every(Boolean)) return false;
        return step === undefined ? !failed.has(state.urn) : this.runChain([step]);
      });
      gone.set(
        state,
        after.catch((error: unknown) => {
          if (error instanceof CancelledError) return false;
          throw error;
        }),
      );
    }
    await Promise.all(gone.values());
  }

  private deleteStep(old: ResourceState): Step | undefined {
    const { urn } = old;
    if (old.delete) {
      if (this.generator.deletedEarly.has(old)) return undefined;
      return { op: old.external ? "discard-replaced" : "delete-replaced", urn, old };
    }
    if (this.generator.isRegistered(urn)) return undefined;
    return { op: old.pendingReplacement ? "remove-pending-replace" : old.external ? "discard" : "delete", urn, old };
  }

  private dependsOnFailed({ new: fresh }: Step): boolean {
    return fresh !== undefined && [...dependenciesOf(fresh), fresh.parent].some((urn) => this.run.failed.has(urn));
  }

  private async runStep(step: Step): Promise<boolean> {
    const { run } = this;
    run.throwIfCancelled();
    const pending = pendingType(step);
    run.events.emit("stepStarted", step);
    const finished = pending === undefined ? undefined : await run.checkpoint.begin(subject(step), pending);
    let failure: Error | undefined;
    try {
      await applyStep(run, step);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    if (failure === undefined || failure instanceof PartialFailure) this.record(step);
    finished?.();
    if (step.op !== "replace" && !isUnchanged(step)) await run.checkpoint.save();
    run.events.emit("stepEnded", step, failure);
    if (failure !== undefined) this.handleFailure(step, failure);
    return failure === undefined;
  }

  private handleFailure(step: Step, failure: Error): void {
    const { run } = this;
    run.fail(failure, step.urn);
    run.failed.add(step.urn);
    // A refused deletion has changed nothing: all of them are reported in one go.
    if (run.options.continueOnError || isProtectedDelete(step)) return;
    run.cancel("another resource failed");
    throw new CancelledError(failure.message);
  }

  /** Brings the outcome of a step into the state of the run and its checkpoint. */
  private record({ op, urn, old, new: fresh, beforeReplacement }: Step): void {
    if (op === "replace") return;
    if (fresh !== undefined) {
      this.run.news.set(urn, fresh);
      this.run.checkpoint.add(fresh);
      this.run.events.emit("observe", fresh.outputs);
    }
    if (old === undefined || beforeReplacement === true) return;
    const stays = op === "create-replacement" ? !old.pendingReplacement : old.delete && fresh !== undefined;
    if (!stays) this.run.checkpoint.remove(old);
  }
}

/** What needs each resource: its children, what it is the provider of, what depends on it or on a parent of it. */
function neededByOf(resources: ResourceState[]): Map<ResourceState, ResourceState[]> {
  const neededBy = new Map<ResourceState, ResourceState[]>(resources.map((state) => [state, []]));
  resources.forEach((state, position) => {
    const urns = new Set([...dependenciesOf(state), providerUrn(state.provider)]);
    const components = new Set<string>();
    for (const earlier of resources.slice(0, position)) {
      if (components.has(earlier.parent)) urns.add(earlier.urn);
      if (urns.has(earlier.urn) && (!earlier.custom || components.has(earlier.parent))) components.add(earlier.urn);
      if (urns.has(earlier.urn) || earlier.urn === state.parent) neededBy.get(earlier)?.push(state);
    }
  });
  return neededBy;
}
