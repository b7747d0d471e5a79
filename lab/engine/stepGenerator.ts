/**
 * From what the program asks for and what there is to the steps between them. Source: deploy/step_generator.go.
 * One decision at a time: what a step is depends on the steps before it.
 */
import { AliasResolver } from "./aliases";
import { dependentReplacements, isDeletedWith } from "./dependentReplacements";
import type { Goal } from "./goal";
import { omit } from "./omit";
import { applyReplaceOnChanges, type DiffResult, isReplace } from "./propertyDiff";
import { type Asked, checkInputs, prepare, type Preparation } from "./resourceCheck";
import { type DiffContext, diffResource } from "./resourceDiff";
import { bareDiff } from "./providerProtocol";
import type { Run } from "./run";
import { newState, type ResourceState } from "./state";
import type { Step } from "./steps";
import { createUrn, isProviderType } from "./urn";

/** What has been decided for a URN in this run. */
export type Decision = "same" | "create" | "update" | "replace" | "read" | "delete";

interface Registration {
  goal: Goal;
  urn: string;
  old: ResourceState | undefined;
  fresh: ResourceState;
  prepared: Preparation;
}

export class StepGenerator implements DiffContext {
  readonly urns = new Set<string>();
  /** Old states deleted ahead of time because something they depend on is replaced. */
  readonly deletedEarly = new Set<ResourceState>();
  readonly decisions = new Map<string, Decision>();
  /** URNs whose resource is deleted in this run, so that what is deleted with them is only forgotten. */
  readonly deletions = new Set<string>();
  private readonly aliases: AliasResolver;
  /** Inputs for which resources deleted ahead of time have to be replaced. */
  private readonly dependentKeys = new Map<string, string[]>();
  private readonly providers = new Map<string, ResourceState>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(readonly run: Run) {
    this.aliases = new AliasResolver(run.stack, run.project, run.olds);
  }

  /** Whether a resource of the base was registered, under its URN or as an alias. */
  isRegistered(urn: string): boolean {
    const decision = this.decisions.get(this.aliases.presentUrn(urn) ?? urn);
    return decision !== undefined && decision !== "create" && decision !== "delete";
  }

  isReplaced(urn: string): boolean {
    return this.decisions.get(urn) === "replace";
  }

  presentUrn(urn: string): string | undefined {
    return this.aliases.presentUrn(urn);
  }

  provider(urn: string): ResourceState | undefined {
    return this.providers.get(urn);
  }

  /** The steps for a registration. Providers are asked at once, decisions are made in the order of registration. */
  async register(goal: Goal): Promise<Step[]> {
    const { urn, old, fresh } = this.begin(goal);
    const prepared = prepare(this.run, goal, urn, old?.external === true ? undefined : old);
    return this.enqueue(() => this.decide({ goal, urn, old, fresh, prepared }));
  }

  /** The steps for a `.get()`. */
  async read(goal: Goal, id: string): Promise<Step[]> {
    const { urn, old, fresh } = this.begin(goal);
    fresh.id = id;
    fresh.external = true;
    return this.enqueue(() => {
      this.decisions.set(urn, "read");
      if (old !== undefined && !old.external && old.id !== id) {
        return [
          { op: "read-replacement", urn, old, new: fresh },
          { op: "replace", urn, old, new: fresh },
        ];
      }
      return [{ op: "read", urn, old, new: fresh }];
    });
  }

  private enqueue<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private begin(goal: Goal): { urn: string; old: ResourceState | undefined; fresh: ResourceState } {
    if (goal.parent !== "" && !this.urns.has(goal.parent)) {
      throw new Error(`could not find parent resource ${goal.parent}`);
    }
    const urn = createUrn(this.run.stack, this.run.project, goal.parent, goal.type, goal.name);
    if (this.urns.has(urn)) {
      throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    this.urns.add(urn);
    const { old, alias } = this.aliases.find(urn, goal, this.urns);
    const fresh = newState({
      ...omit(goal, "name", "aliases", "properties", "deleteBeforeReplace"),
      urn,
      inputs: goal.properties,
      protect: goal.protect ?? false,
      retainOnDelete: goal.retainOnDelete ?? false,
      aliases: alias === undefined ? [] : [alias],
      created: old?.created ?? "",
      modified: old?.modified ?? "",
    });
    if (isProviderType(goal.type)) {
      this.providers.set(urn, fresh);
    }
    return { urn, old, fresh };
  }

  private async decide({ goal, urn, old, fresh, prepared }: Registration): Promise<Step[]> {
    if (old !== undefined && this.decisions.get(urn) === "delete") {
      this.decisions.set(urn, "replace");
      this.deletions.delete(urn);
      fresh.inputs = await checkInputs(this.run, goal, urn, undefined, goal.properties);
      const [replace, create] = replaceSteps(urn, old, fresh, undefined);
      return [replace, { ...create, diff: bareDiff("some", this.dependentKeys.get(urn)) }];
    }
    fresh.inputs = await prepared.inputs;
    if (old === undefined || old.external) {
      this.decisions.set(urn, "create");
      return old === undefined ? [{ op: "create", urn, new: fresh }] : replaceSteps(urn, old, fresh, undefined, true);
    }
    return this.compare(goal, old, fresh, prepared.diff);
  }

  private async compare(goal: Goal, old: ResourceState, fresh: ResourceState, asked: Asked): Promise<Step[]> {
    const { urn } = fresh;
    const failedBefore = old.initErrors.length > 0;
    const found = await diffResource(this, goal, old, fresh, asked);
    const diff = applyReplaceOnChanges(found, goal.replaceOnChanges, failedBefore);
    if (old.pendingReplacement || (diff.changes === "some" && isReplace(diff))) {
      return this.replace(goal, old, fresh, diff);
    }
    if (diff.changes === "some" || failedBefore) {
      this.decisions.set(urn, "update");
      return [{ op: "update", urn, old, new: fresh, diff, ignoreChanges: goal.ignoreChanges }];
    }
    this.decisions.set(urn, "same");
    return [{ op: "same", urn, old, new: fresh }];
  }

  private async replace(goal: Goal, old: ResourceState, fresh: ResourceState, diff: DiffResult): Promise<Step[]> {
    const { urn } = fresh;
    if (fresh.protect && old.protect) {
      this.refuse(
        urn,
        `unable to replace resource ${JSON.stringify(urn)}\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\``,
      );
    }
    this.decisions.set(urn, "replace");
    // What the provider filled in for the old resource is not to be carried over to the new one.
    fresh.inputs = await checkInputs(this.run, goal, urn, undefined, goal.properties);
    if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
      return replaceSteps(urn, old, fresh, diff, true);
    }
    const steps = await this.deleteDependents(old);
    if (old.provider !== "") {
      await this.run.ensureProvider(old.provider);
    }
    if (!old.pendingReplacement) {
      this.deletedEarly.add(old);
      this.deletions.add(old.urn);
      steps.push({ op: "delete-replaced", urn: old.urn, old, beforeReplacement: true });
    }
    return [...steps, ...replaceSteps(urn, old, fresh, diff)];
  }

  /** Deletes, last first, what would be replaced because `root` is. */
  private async deleteDependents(root: ResourceState): Promise<Step[]> {
    const dependents = this.run.base.resources.includes(root)
      ? await dependentReplacements(this.run, this.decisions, root)
      : [];
    const along = this.run.base.resources
      .filter((state) => isDeletedWith(state, root.urn) && !dependents.some((each) => each.state === state))
      .map((state) => ({ state, keys: [] }));
    const steps: Step[] = [];
    for (const { state, keys } of [...dependents, ...along].reverse()) {
      if (this.deletedEarly.has(state)) {
        continue;
      }
      if (state.protect && !state.delete) {
        this.refuse(
          root.urn,
          `unable to replace resource ${JSON.stringify(state.urn)} as part of replacing ${JSON.stringify(root.urn)} as it is currently marked for protection`,
        );
      }
      await this.run.ensureProvider(state.provider);
      steps.push(
        state.delete
          ? { op: "delete", urn: state.urn, old: state }
          : { op: "delete-replaced", urn: state.urn, old: state, beforeReplacement: true },
      );
      this.dependentKeys.set(state.urn, keys);
      this.decisions.set(state.urn, "delete");
      this.deletions.add(state.urn);
      this.deletedEarly.add(state);
    }
    return steps;
  }

  /** A preview goes on, so that everything that is wrong is seen; an update stops. */
  private refuse(urn: string, message: string): void {
    this.run.fail(message, urn);
    if (!this.run.dryRun) {
      throw new Error(message);
    }
  }
}

function replaceSteps(
  urn: string,
  old: ResourceState,
  fresh: ResourceState,
  diff: DiffResult | undefined,
  deleteLater = false,
): [Step, Step] {
  const create: Step = { op: "create-replacement", urn, old, new: fresh, diff, deleteLater };
  const replace: Step = { op: "replace", urn, old, new: fresh, diff };
  return deleteLater ? [create, replace] : [replace, create];
}
