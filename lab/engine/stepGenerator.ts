/**
 * From what the program asks for and what there is to the steps between them. Source: deploy/step_generator.go.
 * One decision at a time: what a step is depends on the steps before it.
 */
import { dependentReplacements } from "./dependentReplacements";
import { applyReplaceOnChanges, bareDiff, type DiffResult, isReplace } from "./propertyDiff";
import { checkInputs, diffResource } from "./resourceDiff";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import type { Step } from "./steps";
import { isProviderType } from "./urn";

/** What has been decided for a URN in this run; `delete` is a dependent that has to go before what it depends on. */
export type Decision = "same" | "create" | "update" | "replace" | "read" | "delete";

/** What the program asks for, beside the state. */
interface Asked {
  fresh: ResourceState;
  old: ResourceState | undefined;
  deleteBeforeReplace: boolean | undefined;
}

export class StepGenerator {
  readonly decisions = new Map<string, Decision>();
  /** Old states deleted ahead of time because something they depend on is replaced. */
  readonly deletedEarly = new Set<ResourceState>();
  private readonly registered = new Set<string>();
  /** Inputs for which resources deleted ahead of time have to be replaced. */
  private readonly dependentKeys = new Map<string, string[]>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly run: Run) {}

  /** Whether the program has registered a resource of the base. */
  isRegistered(urn: string): boolean {
    return !["create", "delete", undefined].includes(this.decisions.get(urn));
  }

  /** The steps for a registration. */
  async register(fresh: ResourceState, deleteBeforeReplace?: boolean): Promise<Step[]> {
    const old = this.begin(fresh);
    return this.enqueue(() => this.decide({ fresh, old, deleteBeforeReplace }));
  }

  /** The steps for a `.get()`. */
  async read(fresh: ResourceState): Promise<Step[]> {
    const { urn } = fresh;
    const old = this.begin(fresh);
    return this.enqueue(() => {
      this.decisions.set(urn, "read");
      if (old === undefined || old.external || old.id === fresh.id) return [{ op: "read", urn, old, new: fresh }];
      return (["read-replacement", "replace"] as const).map((op) => ({ op, urn, old, new: fresh }));
    });
  }

  private enqueue<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** @returns the old state. */
  private begin(fresh: ResourceState): ResourceState | undefined {
    const { urn, parent } = fresh;
    if (parent !== "" && !this.registered.has(parent)) throw new Error(`could not find parent resource ${parent}`);
    if (this.registered.has(urn)) throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    this.registered.add(urn);
    this.run.events.emit("observe", fresh.inputs);
    if (isProviderType(fresh.type)) void this.run.providers.load(fresh);
    const old = this.run.olds.get(urn);
    Object.assign(fresh, { created: old?.created ?? "", modified: old?.modified ?? "" });
    return old;
  }

  private async decide(asked: Asked): Promise<Step[]> {
    const { fresh, old } = asked;
    const { urn, inputs: wanted } = fresh;
    if (old !== undefined && this.decisions.get(urn) === "delete") {
      this.decisions.set(urn, "replace");
      this.run.deletions.delete(urn);
      fresh.inputs = await checkInputs(this.run, fresh, wanted);
      const [replace, create] = replaceSteps(old, fresh, undefined, false);
      return [replace, { ...create, diff: bareDiff("some", this.dependentKeys.get(urn)) }];
    }
    fresh.inputs = await checkInputs(this.run, fresh, wanted, old?.external ? undefined : old);
    if (old === undefined || old.external) {
      this.decisions.set(urn, "create");
      return old === undefined ? [{ op: "create", urn, new: fresh }] : replaceSteps(old, fresh, undefined, true);
    }
    return this.compare(asked, old, wanted);
  }

  private async compare(asked: Asked, old: ResourceState, wanted: ResourceState["inputs"]): Promise<Step[]> {
    const { fresh } = asked;
    const { urn } = fresh;
    const failedBefore = old.initErrors.length > 0;
    const isReplacedWith = this.decisions.get(fresh.deletedWith) === "replace";
    const found = isReplacedWith ? bareDiff("some", ["deletedWith"]) : await diffResource(this.run, old, fresh);
    const diff = applyReplaceOnChanges(found, fresh.replaceOnChanges, failedBefore);
    if (old.pendingReplacement || (diff.changes === "some" && isReplace(diff))) {
      this.refuseProtected(old, fresh.protect, urn, "");
      this.decisions.set(urn, "replace");
      fresh.inputs = await checkInputs(this.run, fresh, wanted);
      return this.replace(asked, old, diff);
    }
    const changes = diff.changes === "some" || failedBefore;
    this.decisions.set(urn, changes ? "update" : "same");
    return [{ op: changes ? "update" : "same", urn, old, new: fresh, ...(changes && { diff }) }];
  }

  private async replace({ fresh, deleteBeforeReplace }: Asked, old: ResourceState, diff: DiffResult): Promise<Step[]> {
    if (!(deleteBeforeReplace ?? diff.deleteBeforeReplace)) return replaceSteps(old, fresh, diff, true);
    const dependents = await dependentReplacements(this.run, this.decisions, old);
    const steps = dependents.reverse().flatMap(({ state, keys }) => this.deleteEarly(state, keys, old.urn));
    if (!old.pendingReplacement) {
      this.deletedEarly.add(old);
      this.run.deletions.add(old.urn);
      steps.push({ op: "delete-replaced", urn: old.urn, old, beforeReplacement: true });
    }
    return [...steps, ...replaceSteps(old, fresh, diff, false)];
  }

  /** Deletes what would be replaced because `root` is. */
  private deleteEarly(state: ResourceState, keys: string[], root: string): Step[] {
    const { urn } = state;
    if (this.deletedEarly.has(state)) return [];
    this.refuseProtected(state, !state.delete, root, ` as part of replacing ${JSON.stringify(root)}`);
    this.dependentKeys.set(urn, keys);
    if (!this.decisions.has(urn)) this.decisions.set(urn, "delete");
    this.run.deletions.add(urn);
    this.deletedEarly.add(state);
    const step = { urn, old: state };
    return [state.delete ? { op: "delete", ...step } : { op: "delete-replaced", ...step, beforeReplacement: true }];
  }

  /** A preview goes on, so that everything that is wrong is seen; an update stops. */
  private refuseProtected(state: ResourceState, still: boolean, urn: string, why: string): void {
    if (!state.protect || !still) return;
    const message =
      `unable to replace resource ${JSON.stringify(state.urn)}${why}\nas it is currently marked for protection. ` +
      "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
    if (!this.run.options.dryRun) throw new Error(message);
    this.run.fail(message, urn);
  }
}

/** The two steps of a replacement, in the order that the deletion of the old resource asks for. */
function replaceSteps(
  old: ResourceState,
  fresh: ResourceState,
  diff: DiffResult | undefined,
  deleteLater: boolean,
): [Step, Step] {
  const common = { urn: fresh.urn, old, new: fresh, diff };
  const create: Step = { op: "create-replacement", ...common, deleteLater };
  const replace: Step = { op: "replace", ...common };
  return deleteLater ? [create, replace] : [replace, create];
}
