/** What is to be deleted at the end of a run, and in what order. Source: GenerateDeletes, ScheduleDeletes. */
import type { Run } from "./run";
import { dependenciesOf, type ResourceState } from "./state";
import type { StepGenerator } from "./stepGenerator";
import type { Step } from "./steps";
import { parseReference } from "./urn";

export const isProtected = (state: ResourceState): boolean => state.protect;

export const protectedMessage = (urn: string): string =>
  `resource ${JSON.stringify(urn)} cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the ` +
  "`protect` flag from the resource in your Pulumi program and run `pulumi up`";

function deleteStep(state: ResourceState, generator: StepGenerator): Step | undefined {
  if (state.delete) {
    return generator.deletedEarly.has(state)
      ? undefined
      : { op: state.external ? "discard-replaced" : "delete-replaced", urn: state.urn, old: state };
  }
  if (generator.isRegistered(state.urn)) {
    return undefined;
  }
  if (state.pendingReplacement) {
    return { op: "remove-pending-replace", urn: state.urn, old: state };
  }
  return { op: state.external ? "discard" : "delete", urn: state.urn, old: state };
}

/** Steps for what was replaced and what the program no longer registers; their providers are made usable. */
export async function generateDeletes(run: Run, generator: StepGenerator): Promise<Step[]> {
  const steps = run.base.resources.flatMap((state) => deleteStep(state, generator) ?? []);
  for (const { urn, old } of steps) {
    generator.deletions.add(urn);
    await run.ensureProvider(old?.provider ?? "");
  }
  return steps;
}

/** What a resource needs while it is deleted: its parent, its provider, and what it depends on with its children. */
function needs(state: ResourceState, earlier: ResourceState[]): ResourceState[] {
  const urns = new Set(dependenciesOf(state));
  if (state.provider !== "") {
    urns.add(parseReference(state.provider).urn);
  }
  const components = new Set(earlier.filter(({ urn, custom }) => !custom && urns.has(urn)).map(({ urn }) => urn));
  const found: ResourceState[] = [];
  for (const candidate of earlier) {
    if (components.has(candidate.parent)) {
      components.add(candidate.urn);
      urns.add(candidate.urn);
    }
    if (urns.has(candidate.urn) || candidate.urn === state.parent) {
      found.push(candidate);
    }
  }
  return found;
}

/** Groups of deletions: each group at once, after those before it; dependents come before what they depend on. */
export function scheduleDeletes(run: Run, steps: Step[]): Step[][] {
  const byState = new Map(steps.flatMap((step) => (step.old === undefined ? [] : [[step.old, step] as const])));
  const depth = new Map<ResourceState, number>();
  run.base.resources.forEach((state, position) => {
    if (byState.has(state)) {
      const below = needs(state, run.base.resources.slice(0, position)).map((needed) => depth.get(needed) ?? -1);
      depth.set(state, Math.max(-1, ...below) + 1);
    }
  });
  const groups: Step[][] = [];
  for (const [state, step] of byState) {
    (groups[depth.get(state) ?? 0] ??= []).push(step);
  }
  return groups.reverse();
}

/** URNs that cannot be deleted because something that needs them could not. */
export function neededBy(run: Run, failed: Set<string>): Set<string> {
  const kept = new Set<string>();
  for (const [position, state] of [...run.base.resources.entries()].reverse()) {
    if (failed.has(state.urn) || kept.has(state.urn)) {
      needs(state, run.base.resources.slice(0, position)).forEach(({ urn }) => kept.add(urn));
    }
  }
  return kept;
}
