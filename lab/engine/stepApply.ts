/** Carries out one step. Source: the Apply methods of deploy/step.go. */
import { isProtected, protectedMessage } from "./deletes";
import type { LiveResource } from "./providerProtocol";
import type { Run } from "./run";
import { newState, type ResourceState } from "./state";
import { type Step, subject } from "./steps";
import { formatReference, isProviderType } from "./urn";
import { unknownValue } from "./values";

/** The resource is there, but the provider could not bring it into order; kept in the checkpoint with the reasons. */
export class PartialFailure extends Error {}

const now = (): string => new Date().toISOString();

function adopt(state: ResourceState, live: LiveResource): void {
  state.id = live.id;
  state.outputs = live.outputs;
  state.initErrors = live.failure?.reasons ?? [];
}

function raise(live: LiveResource): void {
  if (live.failure !== undefined) {
    throw new PartialFailure(live.failure.reasons.join("\n") || "resource init failed");
  }
}

async function same(run: Run, old: ResourceState, fresh: ResourceState): Promise<void> {
  fresh.id = old.id;
  fresh.outputs = old.outputs;
  if (isProviderType(fresh.type)) {
    await run.registry.same(newState({ ...fresh, inputs: old.inputs }), true);
  }
}

async function create(run: Run, step: Step, fresh: ResourceState): Promise<void> {
  let live: LiveResource | undefined;
  if (fresh.custom) {
    live = await run.operations(fresh).create(fresh.urn, fresh.inputs, fresh.customTimeouts.create ?? 0);
    adopt(fresh, live);
  }
  fresh.created = fresh.modified = now();
  if (step.op === "create-replacement" && step.deleteLater === true && step.old !== undefined) {
    step.old.delete = true;
    run.checkpoint.touch(step.old);
  }
  if (live !== undefined) {
    raise(live);
  }
}

async function update(run: Run, step: Step, old: ResourceState, fresh: ResourceState): Promise<void> {
  fresh.id = old.id;
  if (fresh.custom) {
    const options = { timeout: fresh.customTimeouts.update ?? 0, ignoreChanges: step.ignoreChanges ?? [] };
    const live = await run.operations(fresh).update(old, old, fresh.inputs, options);
    adopt(fresh, { ...live, id: old.id });
    fresh.modified = now();
    raise(live);
  }
}

async function remove(run: Run, step: Step, old: ResourceState, deletions: Set<string>): Promise<void> {
  if (step.op === "delete" && isProtected(old)) {
    throw new Error(protectedMessage(old.urn));
  }
  const onlyForget = old.external || old.retainOnDelete || !old.custom || deletions.has(old.deletedWith);
  if (!run.dryRun && !onlyForget) {
    await run.operations(old).delete(old, old.inputs, old.outputs, old.customTimeouts.delete ?? 0);
  }
  if (step.beforeReplacement === true) {
    old.pendingReplacement = true;
    run.checkpoint.touch(old);
  }
}

async function read(run: Run, step: Step, fresh: ResourceState): Promise<void> {
  if (fresh.id === unknownValue) {
    return;
  }
  const live = await run.operations(fresh).read(fresh, fresh.inputs, fresh.inputs, fresh.customTimeouts.read ?? 0);
  if (live.id === "") {
    throw new Error(`resource '${fresh.id}' does not exist`);
  }
  adopt(fresh, live);
  if (step.op === "read-replacement" && step.old !== undefined) {
    step.old.delete = true;
    run.checkpoint.touch(step.old);
  }
  raise(live);
}

/**
 * @param deletions URNs deleted in this run.
 * @throws PartialFailure where the resource is there nevertheless; any other error where nothing came about.
 */
export async function applyStep(run: Run, step: Step, deletions: Set<string>): Promise<void> {
  const state = subject(step);
  const old = step.old ?? state;
  switch (step.op) {
    case "same":
      return same(run, old, state);
    case "create":
    case "create-replacement":
      await create(run, step, state);
      break;
    case "update":
      await update(run, step, old, state);
      break;
    case "delete":
    case "delete-replaced":
    case "discard":
    case "discard-replaced":
      return remove(run, step, old, deletions);
    case "read":
    case "read-replacement":
      return read(run, step, state);
    case "replace":
    case "remove-pending-replace":
    case "refresh":
      return;
  }
}

/** Makes a renamed provider known under its former name too, by which old resources refer to it. */
export function registerProviderAliases(run: Run, state: ResourceState): void {
  if (isProviderType(state.type) && state.id !== "") {
    for (const alias of state.aliases) {
      run.registry.addAlias(formatReference(state), alias);
    }
  }
}
