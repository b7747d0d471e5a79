/** Carries out one step. Source: the Apply methods of deploy/step.go. */
import type { LiveResource } from "./providerAnswers";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import { type Step, subject } from "./steps";
import { isProviderType } from "./urn";
import { isSecret, makeSecret, unknownValue } from "./values";

/** The resource is there, but the provider could not bring it into order; kept in the checkpoint with the reasons. */
export class PartialFailure extends Error {}

/** Outputs are secret where the program says so, and where an input of the same name is. */
function markSecrets({ inputs, outputs, additionalSecretOutputs }: ResourceState): void {
  const secretInputs = Object.keys(outputs).filter((key) => isSecret(inputs[key]));
  for (const key of [...additionalSecretOutputs, ...secretInputs]) {
    if (outputs[key] !== undefined) outputs[key] = makeSecret(outputs[key]);
  }
}

/** @throws PartialFailure where the provider says that the resource is not in order. */
function adopt(fresh: ResourceState, live: LiveResource): void {
  Object.assign(fresh, { id: live.id, outputs: live.outputs, initErrors: live.initErrors });
  if (live.initErrors.length > 0) throw new PartialFailure(live.initErrors.join("\n"));
}

async function same(run: Run, old: ResourceState, fresh: ResourceState): Promise<void> {
  Object.assign(fresh, { id: old.id, outputs: old.outputs });
  if (isProviderType(fresh.type)) await run.providers.same(old);
}

async function create(run: Run, { old, deleteLater }: Step, fresh: ResourceState): Promise<void> {
  const live = fresh.custom ? await (await run.providers.operations(fresh)).create(fresh) : undefined;
  fresh.created = fresh.modified = new Date().toISOString();
  if (deleteLater === true && old !== undefined) old.delete = true;
  if (live !== undefined) adopt(fresh, live);
}

async function update(run: Run, old: ResourceState, fresh: ResourceState): Promise<void> {
  fresh.id = old.id;
  if (!fresh.custom) return;
  const live = await (await run.providers.operations(fresh)).update(old, fresh);
  fresh.modified = new Date().toISOString();
  adopt(fresh, { ...live, id: old.id });
}

async function remove(run: Run, step: Step, old: ResourceState): Promise<void> {
  if (isProtectedDelete(step)) {
    throw new Error(
      `resource ${JSON.stringify(old.urn)} cannot be deleted\nbecause it is protected. To unprotect the resource, either ` +
        "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`",
    );
  }
  const onlyForget = old.external || old.retainOnDelete || !old.custom || run.deletions.has(old.deletedWith);
  if (!run.options.dryRun && !onlyForget) await (await run.providers.operations(old)).delete(old);
  if (step.beforeReplacement === true) old.pendingReplacement = true;
}

async function read(run: Run, { op, old }: Step, fresh: ResourceState): Promise<void> {
  if (fresh.id === unknownValue) return;
  const live = await (await run.providers.operations(fresh)).read({ ...fresh, outputs: fresh.inputs });
  if (live.id === "") throw new Error(`resource '${fresh.id}' does not exist`);
  if (op === "read-replacement" && old !== undefined) old.delete = true;
  adopt(fresh, live);
}

/** Whether the step is one that is refused and so changes nothing. */
export const isProtectedDelete = ({ op, old }: Step): boolean => op === "delete" && old?.protect === true;

/** @throws PartialFailure where the resource is there nevertheless; any other error where nothing came about. */
export async function applyStep(run: Run, step: Step): Promise<void> {
  const state = subject(step);
  const old = step.old ?? state;
  try {
    if (step.op === "same") await same(run, old, state);
    else if (step.op === "update") await update(run, old, state);
    else if (/^create/.test(step.op)) await create(run, step, state);
    else if (/^(delete|discard)/.test(step.op)) await remove(run, step, old);
    else if (/^read/.test(step.op)) await read(run, step, state);
  } finally {
    if (step.new !== undefined) markSecrets(step.new);
    // What an update could not bring into order was not made with the new inputs.
    if (step.op === "update" && state.initErrors.length > 0) state.inputs = old.inputs;
  }
}
