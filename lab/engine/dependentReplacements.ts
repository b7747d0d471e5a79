/**
 * What has to go before a resource that is deleted before it is replaced: everything whose own diff asks for a
 * replacement once the properties it takes from there are not known. Source: calculateDependentReplacements.
 */
import { applyReplaceOnChanges, isReplace } from "./propertyDiff";
import { diffAgainst } from "./resourceDiff";
import type { Run } from "./run";
import { dependenciesOf, type ResourceState } from "./state";
import type { StepGenerator } from "./stepGenerator";
import { isProviderType, parseReference } from "./urn";
import { unknownValue } from "./values";

const providerUrn = ({ provider }: ResourceState): string => (provider === "" ? "" : parseReference(provider).urn);

export const isDeletedWith = (state: ResourceState, urn: string): boolean => state.deletedWith === urn;

/** Direct and indirect dependents of `root` in the base, in the order they were made. */
function dependents(run: Run, generator: StepGenerator, root: ResourceState): ResourceState[] {
  const reached = new Set([root.urn]);
  const after = run.base.resources.slice(run.base.resources.indexOf(root) + 1);
  return after.filter((state) => {
    const depends = [...dependenciesOf(state), providerUrn(state)].some((urn) => reached.has(urn));
    // What this run has come to already cannot depend on something it has only now come to.
    if (depends && !generator.decisions.has(state.urn)) {
      reached.add(state.urn);
      return true;
    }
    return false;
  });
}

/** Old states to be deleted, dependencies first. */
export async function dependentReplacements(
  run: Run,
  generator: StepGenerator,
  root: ResourceState,
): Promise<ResourceState[]> {
  const replaced = new Set([root.urn]);
  const found: ResourceState[] = [];
  for (const state of dependents(run, generator, root)) {
    if (await mustReplace(run, state, replaced)) {
      replaced.add(state.urn);
      found.push(state);
    }
  }
  return found;
}

async function mustReplace(run: Run, state: ResourceState, replaced: Set<string>): Promise<boolean> {
  if (!state.custom || state.external) {
    return false;
  }
  if (replaced.has(providerUrn(state)) || replaced.has(state.deletedWith)) {
    return true;
  }
  const touched = Object.keys(state.inputs).filter((key) =>
    state.propertyDependencies[key]?.some((urn) => replaced.has(urn)),
  );
  if (touched.length === 0) {
    return false;
  }
  await (isProviderType(state.type) ? run.registry.ensure(state) : run.ensureProvider(state.provider));
  const inputs = { ...state.inputs, ...Object.fromEntries(touched.map((key) => [key, unknownValue])) };
  const diff = await diffAgainst(run, state, inputs, state.ignoreChanges);
  return diff !== undefined && isReplace(applyReplaceOnChanges(diff, state.replaceOnChanges, false));
}
