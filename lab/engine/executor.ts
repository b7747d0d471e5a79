/** Runs steps: so many at a time, each recorded before and after. Source: deploy/step_executor.go, step_generator.go. */
import { omit } from "es-toolkit";
import PQueue from "p-queue";
import { applyStep, isProtectedDelete, PartialFailure } from "./applyStep";
import { allNeedsOf, needsOf } from "./dependencyGraph";
import { CancelledError, type Run } from "./run";
import { dependenciesOf, type ResourceState } from "./state";
import type { StepGenerator } from "./stepGenerator";
import { pendingType, type Step, subject } from "./steps";
import { equal } from "./values";

/** Whether a same step changes nothing on record but times. */
function isUnchanged({ op, old, new: fresh }: Step): boolean {
  const comparable = (state: ResourceState) => ({
    ...omit(state, ["created", "modified", "initErrors"]),
    dependencies: [...state.dependencies].sort(),
  });
  return op === "same" && old !== undefined && fresh !== undefined && equal(comparable(old), comparable(fresh));
}

/** What is not done because the run stops is no failure of its own. */
function unlessCancelled(error: unknown): void {
  if (!(error instanceof CancelledError)) throw error;
}

export class Executor {
  private readonly queue: PQueue;
  /** Old states of the steps that failed. */
  private readonly failures: ResourceState[] = [];

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
   * Deletes what was replaced and what the program no longer registers, in groups: before a resource go those that need
   * it, and it stays where one that failed needs it.
   */
  async runDeletes(): Promise<void> {
    const { resources } = this.run.base;
    const steps = new Map(resources.flatMap((state) => this.deleteStep(state) ?? []).map((step) => [step.old, step]));
    steps.forEach(({ urn }) => this.run.deletions.add(urn));
    const depths = new Map<ResourceState, number>();
    resources.forEach((state, position) => {
      const below = needsOf(state, resources.slice(0, position)).map((needed) => depths.get(needed) ?? -1);
      if (steps.has(state)) depths.set(state, Math.max(-1, ...below) + 1);
    });
    for (let depth = Math.max(-1, ...depths.values()); depth >= 0; depth--) {
      const kept = new Set(this.failures.flatMap((failed) => [...allNeedsOf(failed, resources)]));
      const group = [...steps].filter(([state]) => depths.get(state) === depth && !kept.has(state));
      await Promise.all(group.map(([, step]) => this.runChain([step]).catch(unlessCancelled)));
    }
  }

  private deleteStep(old: ResourceState): (Step & { old: ResourceState }) | undefined {
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
    run.fail(run.options.dryRun ? `Preview failed: ${failure.message}` : failure, step.urn);
    run.failed.add(step.urn);
    if (step.old !== undefined) this.failures.push(step.old);
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
