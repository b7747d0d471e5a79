/**
 * What has to go before a resource that is deleted before it is replaced: everything whose own diff asks for a
 * replacement once the properties it takes from there are not known. Source: calculateDependentReplacements.
 */
import { applyReplaceOnChanges, isReplace } from "./propertyDiff";
import { diffAgainst } from "./resourceDiff";
import type { Run } from "./run";
import { dependenciesOf, type ResourceState } from "./state";
import { isProviderType, parseReference } from "./urn";
import { unknownValue } from "./values";

const providerUrn = ({ provider }: ResourceState): string => (provider === "" ? "" : parseReference(provider).urn);

export const isDeletedWith = (state: ResourceState, urn: string): boolean => state.deletedWith === urn;

/** URNs this run has come to. */
type Decided = Pick<ReadonlyMap<string, unknown>, "has">;

/** Direct and indirect dependents of `root` in the base, in the order they were made. */
function dependents(run: Run, decided: Decided, root: ResourceState): ResourceState[] {
  const reached = new Set([root.urn]);
  const after = run.base.resources.slice(run.base.resources.indexOf(root) + 1);
  return after.filter((state) => {
    const depends = [...dependenciesOf(state), providerUrn(state)].some((urn) => reached.has(urn));
    // What this run has come to already cannot depend on something it has only now come to.
    if (depends && !decided.has(state.urn)) {
      reached.add(state.urn);
      return true;
    }
    return false;
  });
}

/** A resource that has to go, and the inputs for which it does. */
export interface DependentReplacement {
  state: ResourceState;
  keys: string[];
}

/** What is to be deleted, dependencies first. */
export async function dependentReplacements(
  run: Run,
  decided: Decided,
  root: ResourceState,
): Promise<DependentReplacement[]> {
  const replaced = new Set([root.urn]);
  const found: DependentReplacement[] = [];
  for (const state of dependents(run, decided, root)) {
    const keys = await replaceKeys(run, state, replaced);
    if (keys !== undefined) {
      replaced.add(state.urn);
      found.push({ state, keys });
    }
  }
  return found;
}

/** The inputs that ask for a replacement, or none where its provider or host does; undefined where nothing does. */
async function replaceKeys(run: Run, state: ResourceState, replaced: Set<string>): Promise<string[] | undefined> {
  if (!state.custom || state.external) {
    return undefined;
  }
  if (replaced.has(providerUrn(state)) || replaced.has(state.deletedWith)) {
    return [];
  }
  const touched = Object.keys(state.inputs).filter((key) =>
    state.propertyDependencies[key]?.some((urn) => replaced.has(urn)),
  );
  if (touched.length === 0) {
    return undefined;
  }
  await (isProviderType(state.type) ? run.registry.ensure(state) : run.ensureProvider(state.provider));
  const inputs = { ...state.inputs, ...Object.fromEntries(touched.map((key) => [key, unknownValue])) };
  const diff = await diffAgainst(run, state, inputs, state.ignoreChanges);
  const applied = diff && applyReplaceOnChanges(diff, state.replaceOnChanges, false);
  return applied && isReplace(applied) ? applied.replaceKeys : undefined;
}
