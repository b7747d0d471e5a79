/** What providers are asked about a registration before anything is decided. Source: deploy/step_generator.go. */
import { randomBytes } from "node:crypto";
import type { Goal } from "./goal";
import type { DiffResult } from "./propertyDiff";
import { formatValue } from "./propertyDisplay";
import { applyIgnoreChanges, diffAgainst } from "./resourceDiff";
import type { Run } from "./run";
import type { ResourceState } from "./state";
import type { PropertyMap } from "./values";

const seedBytes = 32;

export type Asked = Promise<DiffResult | undefined>;
export interface Preparation {
  /** The inputs as the provider completed them. */
  inputs: Promise<PropertyMap>;
  /** What the provider would change; undefined where there is nothing to compare with or it cannot say yet. */
  diff: Asked;
}

/**
 * Has the provider complete inputs.
 * @throws Error naming every property it refuses.
 */
export async function checkInputs(
  run: Run,
  goal: Goal,
  urn: string,
  old: ResourceState | undefined,
  news: PropertyMap,
): Promise<PropertyMap> {
  if (!goal.custom) {
    return news;
  }
  const seed = randomBytes(seedBytes);
  const { inputs, failures } = await run.operations(goal).check(urn, old?.inputs ?? {}, news, seed);
  if (failures.length > 0) {
    const problems = failures.map(({ property, reason }) => {
      const what =
        property === "" ? "" : `: property ${property} value ${formatValue(inputs[property] ?? news[property])}`;
      return `${goal.type} resource '${goal.name}'${what} has a problem: ${reason}`;
    });
    throw new Error(problems.join("\n"));
  }
  return inputs;
}

/** Asks at once, so that the answers for many resources come in together; failures show where an answer is used. */
export function prepare(run: Run, goal: Goal, urn: string, old: ResourceState | undefined): Preparation {
  const wanted =
    old === undefined ? goal.properties : applyIgnoreChanges(run, urn, goal.ignoreChanges, old.inputs, goal.properties);
  const inputs = checkInputs(run, goal, urn, old, wanted);
  const diff = inputs.then((news) =>
    old === undefined || !goal.custom ? undefined : diffAgainst(run, old, news, goal.ignoreChanges, goal),
  );
  inputs.catch(() => undefined);
  diff.catch(() => undefined);
  return { inputs, diff };
}
