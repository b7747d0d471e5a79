/**
 * What has to go before a resource that is deleted before it is replaced: everything that is deleted with it, and
 * everything whose own diff asks for a replacement once the properties it takes from there are not known.
 * Source: calculateDependentReplacements and findDependentCascadeReplacements in deploy/step_generator.go.
 */
import { dependenciesAndProvider } from "./dependencyGraph";
import { applyReplaceOnChanges, isReplace } from "./propertyDiff";
import { diffAgainst } from "./resourceDiff";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import { providerUrn } from "./urn";
import { unknownValue } from "./values";

/** A resource that has to go, and the inputs for which it does. */
export interface DependentReplacement {
  state: ResourceState;
  keys: string[];
}

/**
 * What is to be deleted, dependencies first.
 * @param decided URNs this run has come to: they cannot depend on something it has only now come to.
 */
export async function dependentReplacements(
  run: Run,
  decided: Pick<ReadonlyMap<string, unknown>, "has">,
  root: ResourceState,
): Promise<DependentReplacement[]> {
  const [reached, replaced] = [new Set([root.urn]), new Set([root.urn])];
  const found: DependentReplacement[] = [];
  const later = run.base.resources.slice(run.base.resources.indexOf(root) + 1);
  for (const state of later.filter(({ urn }) => !decided.has(urn))) {
    if (!dependenciesAndProvider(state).some((urn) => reached.has(urn))) continue;
    reached.add(state.urn);
    const keys = state.deletedWith === root.urn ? [] : await replaceKeys(run, state, replaced);
    if (keys === undefined) continue;
    replaced.add(state.urn);
    found.push({ state, keys });
  }
  // What was deleted with the root goes with it even if the program has registered it without that already.
  const isFound = (state: ResourceState): boolean => found.some((each) => each.state === state);
  const gone = later.filter((state) => state.deletedWith === root.urn && !state.delete && !isFound(state));
  return [...found, ...gone.map((state) => ({ state, keys: [] }))];
}

/** The inputs that ask for a replacement, or none where its provider or host does; undefined where nothing does. */
async function replaceKeys(run: Run, state: ResourceState, replaced: Set<string>): Promise<string[] | undefined> {
  if (!state.custom || state.external) return undefined;
  if (replaced.has(providerUrn(state.provider)) || replaced.has(state.deletedWith)) return [];
  const touched = Object.keys(state.inputs).filter((key) =>
    state.propertyDependencies[key]?.some((urn) => replaced.has(urn)),
  );
  if (touched.length === 0) return undefined;
  const inputs = { ...state.inputs, ...Object.fromEntries(touched.map((key) => [key, unknownValue])) };
  const diff = await diffAgainst(run, state, inputs, state.ignoreChanges);
  const applied = diff && applyReplaceOnChanges(diff, state.replaceOnChanges, false);
  return applied && isReplace(applied) ? applied.replaceKeys : undefined;
}
