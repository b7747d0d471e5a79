/** Random programs and what is done with them, the same for the same seed. */
import type { Resource, Spec } from "../lifecycle/testStack";
import { randomNumbers } from "../support/killedRuns";

type Command = "preview" | "up" | "refresh" | "destroy";
export interface RandomRun {
  command: Command;
  args: string[];
  spec: Spec;
  /** What becomes of things by other hands before the run, by name; undefined takes a thing away. */
  drift: Record<string, Record<string, unknown> | undefined>;
}

/** Chance by a seed. */
class Dice {
  private readonly next: () => number;
  constructor(seed: number) {
    this.next = randomNumbers(seed);
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
  pick<Item>(items: Item[]): Item | undefined {
    return items[Math.floor(this.next() * items.length)];
  }
}

const names = ["a", "b", "c", "d", "e", "f"];
const ignored = ["value", "value.left", "value.list[*].x", "value.list[1]", "value.list[1].x", "value[*]", "*"];

function value(dice: Dice, things: string[]): unknown {
  const leaf = dice.pick<unknown>([1, 2, "x", null, true]);
  const other = dice.pick(things);
  const output =
    other !== undefined && dice.chance(0.5) ? `\${${other}.${dice.chance(0.5) ? "id" : "computed"}}` : leaf;
  const secret = dice.chance(0.2) ? { secret: output } : output;
  return dice.chance(0.3) ? { left: secret, list: [leaf, { x: dice.pick([1, 2]) ?? 1 }] } : secret;
}

function options(dice: Dice, things: string[], groups: string[]): Record<string, unknown> {
  const [parent, host, before] = [dice.pick(groups), dice.pick(things), dice.pick([...things, ...groups])];
  return {
    ...(parent !== undefined && dice.chance(0.5) && { parent }),
    ...(host !== undefined && dice.chance(0.15) && { deletedWith: host }),
    ...(before !== undefined && dice.chance(0.2) && { dependsOn: [before] }),
    ...(dice.chance(0.3) && { deleteBeforeReplace: dice.chance(0.7) }),
    ...(dice.chance(0.1) && { protect: true }),
    ...(dice.chance(0.15) && { retainOnDelete: true }),
    ...(dice.chance(0.25) && { ignoreChanges: [dice.pick(ignored)] }),
    ...(dice.chance(0.2) && { replaceOnChanges: [dice.pick(["value", "value.left", "*"])] }),
    ...(dice.chance(0.15) && { additionalSecretOutputs: ["computed"] }),
  };
}

function program(dice: Dice): Spec {
  const spec: Spec = {};
  const [things, groups]: [string[], string[]] = [[], []];
  for (const name of names.filter(() => dice.chance(0.75))) {
    const component = dice.chance(0.2);
    const props = { value: value(dice, things), ...(dice.chance(0.4) && { key: dice.pick([1, 2]) }) };
    const failure = dice.chance(0.08) ? { fail: dice.pick(["create", "update", "delete"]) } : {};
    const half = dice.chance(0.05) ? { halfFail: dice.pick(["create", "update"]) } : {};
    const deleteFirst = dice.chance(0.1) ? { deleteFirst: true } : {};
    const resource: Resource = component ? { component } : { props: { ...props, ...failure, ...half, ...deleteFirst } };
    spec[name] = { ...resource, opts: component ? {} : options(dice, things, groups) };
    (component ? groups : things).push(name);
  }
  return spec;
}

/** A few commands on one stack, between which the program, and sometimes the world, changes. */
export function randomRuns(seed: number): RandomRun[] {
  const dice = new Dice(seed);
  const commands: Command[] = ["up", "up", dice.pick<Command>(["preview", "refresh", "up"]) ?? "up", "up", "destroy"];
  let spec: Spec = {};
  return commands.map((command, position) => {
    if (position === 0 || dice.chance(0.7)) spec = program(dice);
    const drifting = names.filter(() => position > 0 && dice.chance(0.15));
    const drift = drifting.map((name) => [name, dice.chance(0.5) ? undefined : { value: "drifted" }] as const);
    const refreshes = (command === "up" || command === "preview") && dice.chance(0.3);
    // Without it, what else was done before the run stopped is a matter of chance.
    const goesOn = command === "up" || command === "destroy" ? ["--continue-on-error"] : [];
    return { command, args: [...goesOn, ...(refreshes ? ["--refresh"] : [])], spec, drift: Object.fromEntries(drift) };
  });
}
