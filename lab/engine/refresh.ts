/** Brings the base up to date with what is really there. Source: RefreshStep in deploy/step.go, rebuildBaseState. */
import { mapValues } from "es-toolkit";
import PQueue from "p-queue";
import { invertDiff } from "./propertyDiff";
import { diffAgainst } from "./resourceDiff";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import type { Step } from "./steps";
import { isProviderType } from "./urn";
import { equal } from "./values";

/** Reads one resource. @returns its state now; undefined where it is gone. */
async function readState(run: Run, old: ResourceState): Promise<ResourceState | undefined> {
  const { id, outputs, initErrors, inputs = old.inputs } = await (await run.providers.operations(old)).read(old);
  if (initErrors.length > 0) {
    const reasons = initErrors.map((reason) => `\n* ${reason}`).join("");
    run.events.emit("log", "warning", `Refreshed resource is in an unhealthy state:${reasons}`, old.urn);
  }
  if (id === "") return undefined;
  const changed = !equal(inputs, old.inputs) || !equal(outputs, old.outputs);
  return { ...old, id, inputs, outputs, initErrors, modified: changed ? new Date().toISOString() : old.modified };
}

/** What an update would undo is what the refresh found, seen from the other side. */
async function compare(run: Run, step: Step, old: ResourceState, fresh: ResourceState): Promise<Step["op"]> {
  if (old.external) return equal(old.outputs, fresh.outputs) ? "same" : "update";
  const diff = await diffAgainst(run, fresh, old.inputs, old.ignoreChanges);
  step.diff = diff && invertDiff(diff);
  return diff === undefined || diff.changes === "none" ? "same" : "update";
}

async function refreshOne(run: Run, old: ResourceState): Promise<ResourceState | undefined> {
  run.throwIfCancelled();
  const unchanging = !old.custom || isProviderType(old.type) || old.pendingReplacement;
  const step: Step = { op: unchanging ? "same" : "refresh", urn: old.urn, old, new: old, isRefresh: true };
  run.events.emit("stepStarted", step);
  try {
    if (!unchanging) {
      step.new = await readState(run, old);
      step.op = step.new === undefined ? "delete" : await compare(run, step, old, step.new);
    }
    run.events.emit("stepEnded", step, undefined);
    return step.new;
  } catch (error) {
    run.events.emit("stepEnded", step, error instanceof Error ? error : new Error(String(error)));
    run.fail(error, old.urn);
    return old;
  }
}

/** Takes out references to what is gone; children of a parent that is gone go to its parent. */
function repairReferences(resources: ResourceState[], before: ResourceState[]): void {
  const parents = new Map(before.map((state) => [state.urn, state.parent]));
  const present = new Set<string>();
  const left = (urns: string[]): string[] => urns.filter((urn) => present.has(urn));
  for (const state of resources) {
    while (state.parent !== "" && !present.has(state.parent)) state.parent = parents.get(state.parent) ?? "";
    state.dependencies = left(state.dependencies);
    // As with Pulumi, properties that depend on nothing are not listed any more.
    const byProperty = Object.entries(mapValues(state.propertyDependencies, left));
    state.propertyDependencies = Object.fromEntries(byProperty.filter(([, urns]) => urns.length > 0));
    state.deletedWith = present.has(state.deletedWith) ? state.deletedWith : "";
    present.add(state.urn);
  }
}

/** Reads every resource of the base, so many at a time, and puts what was found in its place. */
export async function refreshBase(run: Run): Promise<void> {
  const queue = new PQueue({ concurrency: run.options.parallel });
  const before = run.base.resources;
  const reads = before.map((state) => queue.add(() => refreshOne(run, state)));
  const refreshed = await Promise.all(reads).finally(() => queue.onIdle());
  run.setBase(refreshed.flatMap((state) => state ?? []));
  repairReferences(run.base.resources, before);
  await run.checkpoint.save();
}
