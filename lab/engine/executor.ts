/** Runs steps: so many at a time, each recorded before and after. Source: deploy/step_executor.go. */
import PQueue from "p-queue";
import { isProtected, neededBy } from "./deletes";
import { omit } from "./omit";
import { CancelledError, type Run } from "./run";
import { dependenciesOf, type PendingOperation, type ResourceState } from "./state";
import { applyStep, PartialFailure, registerProviderAliases } from "./stepApply";
import { type Step, type StepOp, subject } from "./steps";
import { equal, makeSecret } from "./values";

/** What the checkpoint says of an operation while it runs; the others do not touch a provider. */
const pendingTypes: Partial<Record<StepOp, PendingOperation["type"]>> = {
  create: "creating",
  "create-replacement": "creating",
  update: "updating",
  delete: "deleting",
  "delete-replaced": "deleting",
  discard: "deleting",
  "discard-replaced": "deleting",
  read: "reading",
  "read-replacement": "reading",
};

/** Outputs are secret where the program says so, and where an input of the same name is. */
function markSecrets(state: ResourceState): void {
  const { inputs, outputs, additionalSecretOutputs } = state;
  const secretInputs = Object.keys(outputs).filter(
    (key) => inputs[key] !== undefined && makeSecret(inputs[key]) === inputs[key],
  );
  for (const key of [...additionalSecretOutputs, ...secretInputs]) {
    const value = outputs[key];
    if (value !== undefined) {
      outputs[key] = makeSecret(value);
    }
  }
}

export class Executor {
  private readonly queue: PQueue;

  /** @param deletions URNs deleted in this run. */
  constructor(
    private readonly run: Run,
    private readonly deletions: Set<string>,
  ) {
    this.queue = new PQueue({ concurrency: run.parallel });
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
      for (const step of steps) {
        if (!(await this.runStep(step))) {
          return false;
        }
      }
      return true;
    });
  }

  /** Resolves when no step runs. */
  idle(): Promise<void> {
    return this.queue.onIdle();
  }

  /** Runs groups of deletions one after the other, without those that something not deleted still needs. */
  async runDeletes(groups: Step[][]): Promise<void> {
    for (const group of groups) {
      const kept = neededBy(this.run, this.run.failed);
      const outcomes = await Promise.allSettled(
        group.filter(({ urn }) => !kept.has(urn)).map((step) => this.runChain([step])),
      );
      for (const outcome of outcomes) {
        if (outcome.status === "rejected" && !(outcome.reason instanceof CancelledError)) {
          throw outcome.reason;
        }
      }
    }
  }

  private dependsOnFailed(step: Step): boolean {
    const state = subject(step);
    return step.new !== undefined && [...dependenciesOf(state), state.parent].some((urn) => this.run.failed.has(urn));
  }

  private async runStep(step: Step): Promise<boolean> {
    const { run } = this;
    if (run.cancelled !== undefined) {
      throw new CancelledError(run.cancelled);
    }
    const pending = pendingTypes[step.op];
    run.events.stepStarted(step);
    const finished = pending === undefined ? undefined : await run.checkpoint.begin(subject(step), pending);
    let failure: Error | undefined;
    try {
      await applyStep(run, step, this.deletions);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    if (failure === undefined || failure instanceof PartialFailure) {
      this.record(step);
    }
    finished?.();
    if (pending !== undefined || this.mustSave(step)) {
      await run.checkpoint.save();
    }
    run.events.stepEnded(step, failure);
    if (failure !== undefined) {
      this.handleFailure(step, failure);
    }
    return failure === undefined;
  }

  private handleFailure(step: Step, failure: Error): void {
    const { run } = this;
    run.fail(failure, step.urn);
    run.failed.add(step.urn);
    // A refused deletion has changed nothing: all of them are reported in one go.
    const harmless = step.op === "delete" && step.old !== undefined && isProtected(step.old);
    if (!run.continueOnError && !harmless) {
      run.cancel("another resource failed");
      throw new CancelledError(failure.message);
    }
  }

  /** Brings the outcome of a step into the state of the run and its checkpoint. */
  private record(step: Step): void {
    const { run } = this;
    const { old } = step;
    if (step.new !== undefined && step.op !== "replace") {
      markSecrets(step.new);
      run.events.observe(step.new.outputs);
      run.news.set(step.urn, step.new);
      registerProviderAliases(run, step.new);
      run.checkpoint.add(step.new);
    }
    if (old === undefined || step.op === "replace") {
      return;
    }
    const stays = step.op === "create-replacement" ? !old.pendingReplacement : old.delete && step.new !== undefined;
    const waitsForReplacement = step.beforeReplacement === true;
    if (!stays && !waitsForReplacement) {
      run.checkpoint.remove(old);
    }
  }

  /** Same steps are written only where something other than times changed. */
  private mustSave({ op, old, new: fresh }: Step): boolean {
    if (op !== "same" || old === undefined || fresh === undefined) {
      return op !== "same" && op !== "replace";
    }
    const comparable = (state: ResourceState): unknown => ({
      ...omit(state, "created", "modified", "initErrors"),
      dependencies: [...state.dependencies].sort(),
    });
    return !equal(comparable(old), comparable(fresh));
  }
}
