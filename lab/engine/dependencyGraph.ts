/** What resources need of each other. Source: pkg/resource/graph/dependency_graph.go. */
import { dependenciesOf, type ResourceState } from "./state";
import { providerUrn } from "./urn";

/** URNs of what a resource depends on, and of its provider. */
export const dependenciesAndProvider = (state: ResourceState): string[] => [
  ...dependenciesOf(state),
  providerUrn(state.provider),
];

/**
 * What a resource needs of those before it: its parent and provider, and what it depends on, of a component with what is
 * in it. Source: DependenciesOf.
 */
export function needsOf(state: ResourceState, earlier: ResourceState[]): ResourceState[] {
  const urns = new Set(dependenciesAndProvider(state));
  const components = new Set<string>();
  return earlier.filter(({ urn, parent, custom }) => {
    if (components.has(parent)) urns.add(urn);
    if (urns.has(urn) && (!custom || components.has(parent))) components.add(urn);
    return urns.has(urn) || urn === state.parent;
  });
}

/**
 * What a resource needs, directly and indirectly. A URN may have several states, of which some are replaced already: an
 * old state then needs old ones and a new state new ones. Source: TransitiveDependenciesOf.
 */
export function allNeedsOf(root: ResourceState, resources: ResourceState[]): Set<ResourceState> {
  const found = new Set([root]);
  // A set goes on to what is added to it on the way.
  for (const state of found) {
    for (const urn of [...dependenciesAndProvider(state), state.parent]) {
      const candidates = resources.filter((each) => each.urn === urn);
      const needed = candidates.findLast((each) => each.delete === state.delete) ?? candidates.at(-1);
      if (needed !== undefined) found.add(needed);
    }
  }
  found.delete(root);
  return found;
}
