/** Rewrites references to former URNs. Source: NormalizeURNReferences in sdk/go/common/apitype/core.go. */
import type { ResourceState } from "./state";
import { createUrn, formatReference, nameOf, parseReference, qualifiedType, stackType, typeOf } from "./urn";

/** Children whose parent got a new URN get one themselves: the parent's types are part of it. */
function collectRenames(resources: ResourceState[]): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const { urn, parent, aliases } of resources) {
    for (const alias of aliases) {
      renamed.set(alias, urn);
    }
    const newParent = renamed.get(parent);
    if (newParent !== undefined && qualifiedType(newParent) !== stackType) {
      const [, , stack = "", project = ""] = urn.split(/::|:/);
      renamed.set(urn, createUrn(stack, project, newParent, typeOf(urn), nameOf(urn)));
    }
  }
  return renamed;
}

/** The states with every reference by its present URN; the states themselves where nothing was renamed. */
export function normalizeAliases(resources: ResourceState[]): ResourceState[] {
  if (resources.every(({ aliases }) => aliases.length === 0)) {
    return resources;
  }
  const renamed = collectRenames(resources);
  const fix = (urn: string): string => renamed.get(urn) ?? urn;
  const fixProvider = (provider: string): string => {
    const { urn, id } = parseReference(provider);
    return formatReference({ urn: fix(urn), id });
  };
  return resources.map((state) => ({
    ...state,
    urn: fix(state.urn),
    parent: fix(state.parent),
    provider: state.provider === "" ? "" : fixProvider(state.provider),
    dependencies: state.dependencies.map(fix),
    propertyDependencies: Object.fromEntries(
      Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.map(fix)]),
    ),
    deletedWith: fix(state.deletedWith),
    aliases: [],
  }));
}
