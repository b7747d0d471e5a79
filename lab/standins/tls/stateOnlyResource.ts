import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { hasUnknowns, Secret, unknown, type PropertyMap } from "../protocol/propertyValue";
import { schemaFailures, withoutNulls } from "../protocol/schemaCheck";
import type { ResourceHandler } from "../protocol/standIn";

/** A resource that lives in the state alone: made once from its inputs and then only kept or replaced. */
export interface StateOnlyResource<Shape extends z.core.$ZodLooseShape> {
  schema: z.ZodObject<Shape, z.core.$strict>;
  /** Values of inputs that are left out; they appear in the outputs. */
  defaults: PropertyMap;
  /** Inputs left out that keep the value in the state. */
  kept?: readonly string[];
  /** Inputs whose change needs no replacement. */
  inPlace?: readonly string[];
  /** Inputs and outputs that are always secret. */
  secret: readonly string[];
  /** Names of the outputs that `make` computes. */
  computed: readonly string[];
  make(inputs: z.infer<z.ZodObject<Shape, z.core.$strict>>): Promise<{ id: string; outputs: PropertyMap }>;
  /** The outputs that time has changed, given the state with the new inputs over it. */
  aged?(state: PropertyMap): PropertyMap;
}

/** The handler of a {@link StateOnlyResource}, as the Terraform bridge treats such resources. */
export function stateOnlyResource<Shape extends z.core.$ZodLooseShape>(
  resource: StateOnlyResource<Shape>,
): ResourceHandler {
  const { schema, defaults, kept = [], inPlace = [], secret, computed } = resource;
  const names = Object.keys(schema.shape);

  const hide = (map: PropertyMap): PropertyMap =>
    Object.fromEntries(
      Object.entries(map).map(([name, value]) => [name, secret.includes(name) ? new Secret(value) : value]),
    );
  const planned = (news: PropertyMap, state: PropertyMap): PropertyMap => {
    const keptValues = Object.fromEntries(
      kept.filter((name) => name in state).map((name) => [name, state[name] ?? null]),
    );
    return { ...defaults, ...keptValues, ...withoutNulls(news) };
  };

  return {
    check({ news }) {
      const inputs = withoutNulls(news);
      return { inputs: hide(inputs), failures: schemaFailures(schema, inputs) };
    },

    diff({ state, news, ignoreChanges }) {
      const plan = planned(news, state);
      const changed = names
        .filter((name) => !ignoreChanges.includes(name))
        .filter((name) => !isDeepStrictEqual(withoutNulls(state)[name] ?? defaults[name], plan[name]));
      const aged = Object.keys(resource.aged?.({ ...state, ...plan }) ?? {});
      return {
        changed: [...changed, ...aged],
        replaces: [...changed.filter((name) => !inPlace.includes(name)), ...aged],
      };
    },

    async create({ inputs, preview }) {
      const plan = planned(inputs, {});
      if (preview || hasUnknowns(inputs)) {
        const unknowns = Object.fromEntries(computed.map((name) => [name, unknown]));
        return { id: "", outputs: hide({ ...plan, ...unknowns }) };
      }
      const { id, outputs } = await resource.make(schema.parse(plan));
      return { id, outputs: hide({ ...plan, ...outputs }) };
    },

    read: ({ id, state, inputs }) =>
      Promise.resolve({ id, outputs: hide({ ...state, ...resource.aged?.(state) }), inputs: hide(inputs) }),

    update: ({ state, news }) => Promise.resolve(hide({ ...state, ...planned(news, state) })),
  };
}
