/** Serves the program's registrations: from goals to steps to states, and what children take over from their parents. */
import { DefaultProviders } from "./defaultProviders";
import { Executor } from "./executor";
import type { Goal } from "./goal";
import { CancelledError, type Run } from "./run";
import type { StackConfig } from "./stackConfig";
import type { ResourceState } from "./state";
import { StepGenerator } from "./stepGenerator";
import { type Step, waitsForOutputs } from "./steps";
import { createUrn, packageOf, parseReference, stackType, typeOf } from "./urn";
import { equal, type PropertyMap } from "./values";

export interface Registration {
  state: ResourceState;
  succeeded: boolean;
}

export class Registrar {
  readonly generator: StepGenerator;
  readonly executor: Executor;
  readonly defaultProviders: DefaultProviders;
  private readonly goals = new Map<string, Goal>();
  /** Steps of components whose outputs are still to come. */
  private readonly unfinished = new Map<string, Step>();
  private readonly providersOf = new Map<string, Map<string, string>>();
  private stackOutputs: { urn: string; outputs: PropertyMap } | undefined;

  constructor(
    private readonly run: Run,
    config: StackConfig,
  ) {
    this.generator = new StepGenerator(run);
    this.executor = new Executor(run, this.generator.deletions);
    this.defaultProviders = new DefaultProviders(config, async (goal) => {
      const { state, succeeded } = await this.register(goal);
      if (!succeeded) {
        throw new CancelledError(`the default provider of package ${packageOf(goal.type)} could not be set up`);
      }
      return state;
    });
  }

  /** @throws CancelledError where the run is being stopped, by this or by something else. */
  async register(goal: Goal): Promise<Registration> {
    return this.carryOut(goal, () => this.generator.register(goal));
  }

  /** @throws CancelledError as register does. */
  async read(goal: Goal, id: string): Promise<Registration> {
    return this.carryOut(goal, () => this.generator.read(goal, id));
  }

  private async carryOut(goal: Goal, generate: () => ReturnType<StepGenerator["register"]>): Promise<Registration> {
    const urn = createUrn(this.run.stack, this.run.project, goal.parent, goal.type, goal.name);
    if (this.run.cancelled !== undefined) {
      throw new CancelledError(this.run.cancelled);
    }
    this.run.events.observe(goal.properties);
    const steps = await generate().catch((error: unknown) => {
      this.run.fail(error, urn);
      this.run.cancel("a resource was refused");
      throw new CancelledError("a resource was refused");
    });
    this.goals.set(urn, goal);
    const succeeded = await this.executor.runChain(steps);
    for (const step of succeeded ? steps.filter(waitsForOutputs) : []) {
      this.unfinished.set(urn, step);
    }
    const state = steps.find((step) => step.new !== undefined)?.new;
    if (state === undefined) {
      throw new Error(`no step of ${urn} made a state`);
    }
    return { state, succeeded };
  }

  /** What a resource without own settings takes from its parent; its own settings win. */
  inherit(goal: Goal): Goal {
    const parent = this.goals.get(goal.parent);
    if (parent === undefined) {
      return goal;
    }
    const sameProvider =
      !goal.custom ||
      (parent.provider !== "" && packageOf(typeOf(parseReference(parent.provider).urn)) === packageOf(goal.type));
    return {
      ...goal,
      deletedWith: goal.deletedWith || parent.deletedWith,
      protect: goal.protect ?? parent.protect,
      retainOnDelete: goal.retainOnDelete ?? parent.retainOnDelete,
      provider: goal.provider || (sameProvider ? parent.provider : ""),
    };
  }

  /** The provider a custom resource uses: its own, its parent's for the package, or the default one. */
  async resolveProvider(goal: Goal, version: string): Promise<string> {
    const packageName = packageOf(goal.type);
    const inherited = this.providersOf.get(goal.parent)?.get(packageName);
    return goal.provider || inherited || (await this.defaultProviders.reference(packageName, version));
  }

  setProviders(component: string, providers: Map<string, string>): void {
    this.providersOf.set(component, providers);
  }

  /** Outputs of a component; those of the stack are kept back until it is known whether the run succeeded. */
  async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    if (typeOf(urn) === stackType) {
      this.stackOutputs = { urn, outputs };
      return;
    }
    const state = this.run.news.get(urn);
    if (state === undefined) {
      throw new Error(`outputs came for ${urn}, which is not registered`);
    }
    await this.setOutputs(state, outputs);
  }

  /** After an error, outputs the program no longer gave are kept: it may not have come to them. */
  async finishStack(): Promise<{ before: PropertyMap | undefined; after: PropertyMap } | undefined> {
    const { urn, outputs } = this.stackOutputs ?? { urn: "", outputs: {} };
    const state = this.run.news.get(urn);
    if (state === undefined) {
      return undefined;
    }
    const before = this.run.olds.get(urn)?.outputs;
    await this.setOutputs(state, this.run.hasFailed ? { ...before, ...outputs } : outputs);
    return { before, after: state.outputs };
  }

  private async setOutputs(state: ResourceState, outputs: PropertyMap): Promise<void> {
    const changed = !equal(state.outputs, outputs);
    state.outputs = outputs;
    this.run.checkpoint.touch(state);
    const step = this.unfinished.get(state.urn);
    if (step !== undefined) {
      this.run.events.outputsRegistered(step);
    }
    if (changed) {
      await this.run.checkpoint.save();
    }
  }
}
