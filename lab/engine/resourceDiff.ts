/** What would change in a resource. Source: diff, diffResource and providerChanged in deploy/step_generator.go. */
import type { Goal } from "./goal";
import { changedKeys, diffProperties, type DiffResult, isReplace } from "./propertyDiff";
import { parsePath, resetPath } from "./propertyPath";
import { bareDiff } from "./providerProtocol";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import { parseReference } from "./urn";
import { equal, type PropertyMap, revealMap } from "./values";

/** In a preview, what a provider would do cannot be known while its own configuration is not. */
const diffUnavailable =
  "The provider for this resource has inputs that are not known during preview.\n" +
  "This preview may not correctly represent the changes that will be applied during an update.";

/** Sets ignored properties back to their old values. */
export function applyIgnoreChanges(
  run: Run,
  urn: string,
  ignoreChanges: string[],
  old: PropertyMap,
  news: PropertyMap,
): PropertyMap {
  const inputs = structuredClone(news);
  const failed = ignoreChanges.filter((path) => !resetPath(parsePath(path), structuredClone(old), inputs));
  if (failed.length > 0) {
    const paths = failed.map((path) => JSON.stringify(path)).join(", ");
    run.events.log("info", `cannot ignore changes in added or removed elements of the path: ${paths}`, urn);
  }
  return inputs;
}

/**
 * The provider's answer, or the engine's own where the provider leaves it to the engine.
 * @returns undefined where the provider cannot say yet.
 */
export async function diffAgainst(
  run: Run,
  old: ResourceState,
  news: PropertyMap,
  ignoreChanges: string[],
  { type, provider }: { type: string; provider: string } = old,
): Promise<DiffResult | undefined> {
  const diff = await run.operations({ type, provider }).diff(old, old, news, ignoreChanges);
  if (diff?.changes !== "unknown") {
    return diff;
  }
  const target = applyIgnoreChanges(run, old.urn, ignoreChanges, old.inputs, news);
  const detailed = diffProperties(revealMap(old.inputs), revealMap(target));
  return detailed.size === 0
    ? { ...diff, changes: "none" }
    : { ...diff, changes: "some", detailed, changedKeys: changedKeys(detailed) };
}

/** What the diff of a resource needs to know of the run so far. */
export interface DiffContext {
  run: Run;
  isReplaced(urn: string): boolean;
  /** Present URN of a resource known under a former one. */
  presentUrn(urn: string): string | undefined;
  /** State of a provider registered in this run. */
  provider(urn: string): ResourceState | undefined;
}

/** Whether a resource has moved to a provider that cannot manage what the old one made. */
async function providerChanged(context: DiffContext, before: string, after: string): Promise<boolean> {
  if (before === after || before === "" || after === "") {
    return before !== after;
  }
  const [former, present] = [parseReference(before), parseReference(after)];
  if (context.presentUrn(former.urn) === present.urn) {
    return false;
  }
  const client = context.run.registry.get(after);
  const [old, fresh] = [context.run.olds.get(former.urn), context.provider(present.urn)];
  if (client === undefined || old === undefined || fresh === undefined) {
    throw new Error(`provider ${client === undefined ? after : before} is neither registered nor in the checkpoint`);
  }
  return isReplace(await client.diffConfig(present.urn, old.inputs, old.outputs, fresh.inputs));
}

/**
 * What would change in a resource that is there, by the program's new goal for it.
 * @param asked the provider's answer, which counts unless the resource has to be replaced whatever it is.
 */
export async function diffResource(
  context: DiffContext,
  goal: Goal,
  old: ResourceState,
  fresh: ResourceState,
  asked: Promise<DiffResult | undefined>,
): Promise<DiffResult> {
  if (fresh.deletedWith !== "" && context.isReplaced(fresh.deletedWith)) {
    return bareDiff("some", ["deletedWith"]);
  }
  if (await providerChanged(context, old.provider, fresh.provider)) {
    return bareDiff("some", ["provider"]);
  }
  if (!goal.custom) {
    return bareDiff(equal(old.inputs, fresh.inputs) ? "none" : "some");
  }
  const diff = await asked;
  if (diff === undefined) {
    context.run.events.log("warning", diffUnavailable, fresh.urn);
    return bareDiff("some");
  }
  return diff;
}
