/** What would change in a resource. Source: checkInputs, diff and providerChanged in deploy/step_generator.go. */
import { bareDiff, changedKeys, diffProperties, type DiffResult, isReplace } from "./propertyDiff";
import { parsePath, resetPath } from "./propertyPath";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import { nameOf, providerUrn } from "./urn";
import { equal, type PropertyMap, revealMap } from "./values";
import { formatValue } from "./propertyDisplay";

/** `news` with the properties that changes are ignored of as they were. */
function ignoreChangesOf(run: Run, urn: string, paths: string[], old: PropertyMap, news: PropertyMap): PropertyMap {
  const inputs = structuredClone(news);
  const failed = paths.filter((path) => !resetPath(parsePath(path), old, inputs)).join(", ");
  const message = `cannot ignore changes in added or removed elements of the path: ${JSON.stringify(failed)}`;
  if (failed !== "") run.events.emit("log", "info", message, urn);
  return inputs;
}

/**
 * Has the provider complete the inputs of a resource.
 * @param old what it was, unless it is to be made anew: what the provider filled in for it is not to be carried over.
 * @throws Error naming every property the provider refuses.
 */
export async function checkInputs(
  run: Run,
  { urn, type, custom, provider, ignoreChanges }: ResourceState,
  wanted: PropertyMap,
  old?: ResourceState,
): Promise<PropertyMap> {
  const news = old === undefined ? wanted : ignoreChangesOf(run, urn, ignoreChanges, old.inputs, wanted);
  if (!custom) return news;
  const operations = await run.providers.operations({ type, provider });
  const { inputs, failures } = await operations.check(urn, old?.inputs ?? {}, news);
  if (failures.length === 0) return inputs;
  const problems = failures.map(({ property, reason }) => {
    const value = inputs[property] ?? news[property];
    const what = property === "" ? "" : `: property ${property} value ${formatValue(value)}`;
    return `${type} resource '${nameOf(urn)}'${what} has a problem: ${reason}`;
  });
  throw new Error(problems.join("\n"));
}

/**
 * The answer of a provider, or the engine's own where the provider leaves it to the engine.
 * @param by whose provider is asked.
 * @returns undefined where the provider cannot say yet.
 */
export async function diffAgainst(
  run: Run,
  old: ResourceState,
  news: PropertyMap,
  ignoreChanges: string[],
  by: { type: string; provider: string } = old,
): Promise<DiffResult | undefined> {
  const diff = await (await run.providers.operations(by)).diff(old, news, ignoreChanges);
  if (diff?.changes !== "unknown") return diff;
  const target = ignoreChangesOf(run, old.urn, ignoreChanges, old.inputs, news);
  const detailed = diffProperties(revealMap(old.inputs), revealMap(target));
  const keys = changedKeys(detailed);
  return keys.length === 0 ? { ...diff, changes: "none" } : { ...diff, changes: "some", detailed, changedKeys: keys };
}

/** Whether a resource has moved to a provider that cannot manage what the old one made. */
async function providerChanged(run: Run, before: string, after: string): Promise<boolean> {
  if (before === after || before === "" || after === "") return before !== after;
  const [old, fresh] = [run.olds.get(providerUrn(before)), run.news.get(providerUrn(after))];
  if (old === undefined || fresh === undefined) throw new Error(`provider ${before} is not in the checkpoint`);
  const provider = await run.providers.get(after);
  return isReplace(await provider.diffConfig({ ...old, urn: fresh.urn }, fresh.inputs));
}

/** What would change in a resource that is there, by what the program now asks for. */
export async function diffResource(run: Run, old: ResourceState, fresh: ResourceState): Promise<DiffResult> {
  if (await providerChanged(run, old.provider, fresh.provider)) return bareDiff("some", ["provider"]);
  if (!fresh.custom) return bareDiff(equal(old.inputs, fresh.inputs) ? "none" : "some");
  const diff = await diffAgainst(run, old, fresh.inputs, fresh.ignoreChanges, fresh);
  if (diff !== undefined) return diff;
  const unavailable =
    "The provider for this resource has inputs that are not known during preview.\n" +
    "This preview may not correctly represent the changes that will be applied during an update.";
  run.events.emit("log", "warning", unavailable, fresh.urn);
  return bareDiff("some");
}
