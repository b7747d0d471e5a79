/** Brings the base up to date with what is really there. Source: RefreshStep in deploy/step.go, rebuildBaseState. */
import PQueue from "p-queue";
import { invertDiff } from "./propertyDiff";
import { diffAgainst } from "./resourceDiff";
import { CancelledError, type Run } from "./run";
import { newState, type ResourceState } from "./state";
import type { Step } from "./steps";
import { isProviderType } from "./urn";
import { equal } from "./values";

/** Reads one resource. @returns its state now; undefined where it is gone. */
async function readState(run: Run, state: ResourceState): Promise<ResourceState | undefined> {
  const live = await run.operations(state).read(state, state.inputs, state.outputs, state.customTimeouts.read ?? 0);
  if (live.failure !== undefined) {
    const reasons = live.failure.reasons.map((reason) => `\n* ${reason}`).join("");
    run.events.log("warning", `Refreshed resource is in an unhealthy state:${reasons}`, state.urn);
  }
  if (live.id === "") {
    return undefined;
  }
  const inputs = live.inputs ?? state.inputs;
  const changed = !equal(inputs, state.inputs) || !equal(live.outputs, state.outputs);
  return newState({
    ...state,
    id: live.id,
    inputs,
    outputs: live.outputs,
    initErrors: live.failure?.reasons ?? [],
    modified: changed ? new Date().toISOString() : state.modified,
  });
}

/** What an update would undo is what the refresh found, seen from the other side. */
async function compare(run: Run, step: Step, old: ResourceState, fresh: ResourceState): Promise<Step["op"]> {
  if (old.external) {
    return equal(old.outputs, fresh.outputs) ? "same" : "update";
  }
  const diff = await diffAgainst(run, fresh, old.inputs, old.ignoreChanges);
  step.diff = diff && invertDiff(diff);
  return diff === undefined || diff.changes === "none" ? "same" : "update";
}

async function refreshOne(run: Run, old: ResourceState): Promise<ResourceState | undefined> {
  if (run.cancelled !== undefined) {
    throw new CancelledError(run.cancelled);
  }
  const step: Step = { op: "refresh", urn: old.urn, old, new: old, isRefresh: true };
  const unchanging = !old.custom || isProviderType(old.type) || old.pendingReplacement;
  run.events.stepStarted(unchanging ? { ...step, op: "same" } : step);
  try {
    const fresh = unchanging ? old : await readState(run, old);
    step.new = fresh;
    step.op = fresh === undefined ? "delete" : fresh === old ? "same" : await compare(run, step, old, fresh);
    run.events.stepEnded(step, undefined);
    return fresh;
  } catch (error) {
    run.events.stepEnded(step, error instanceof Error ? error : new Error(String(error)));
    run.fail(error, old.urn);
    return old;
  }
}

/** Takes out references to what is gone; children of a parent that is gone go to its parent. */
function repairReferences(resources: ResourceState[], before: ResourceState[]): void {
  const parents = new Map(before.map((state) => [state.urn, state.parent]));
  const present = new Set<string>();
  for (const state of resources) {
    while (state.parent !== "" && !present.has(state.parent)) {
      state.parent = parents.get(state.parent) ?? "";
    }
    state.dependencies = state.dependencies.filter((urn) => present.has(urn));
    // As with Pulumi, properties that depend on nothing are not listed any more.
    const byProperty = Object.entries(state.propertyDependencies).map(
      ([key, urns]) => [key, urns.filter((urn) => present.has(urn))] as const,
    );
    state.propertyDependencies = Object.fromEntries(byProperty.filter(([, urns]) => urns.length > 0));
    state.deletedWith = present.has(state.deletedWith) ? state.deletedWith : "";
    present.add(state.urn);
  }
}

/** Reads every resource of the base, so many at a time, and puts what was found in its place. */
export async function refreshBase(run: Run): Promise<void> {
  const queue = new PQueue({ concurrency: run.parallel });
  const before = run.base.resources;
  for (const { provider } of before) {
    await run.ensureProvider(provider);
  }
  const reads = before.map((state) => queue.add(() => refreshOne(run, state)));
  const refreshed = await Promise.all(reads).finally(() => queue.onIdle());
  run.base.resources = refreshed.flatMap((state) => state ?? []);
  repairReferences(run.base.resources, before);
  run.base.resources.forEach((state) => {
    run.checkpoint.touch(state);
  });
  run.indexBase();
  await run.checkpoint.save();
}
