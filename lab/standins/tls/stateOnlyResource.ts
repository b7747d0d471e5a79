import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { schemaFailures, withoutNulls } from "../protocol/schemaCheck";
import type { Resource, ResourceHandler } from "../protocol/standIn";
import { makeSecret, unknownValue, type PropertyMap } from "../protocol/values";

/** A resource that lives in the state alone: made once from its inputs and then only kept or replaced. */
export interface StateOnlyResource<Shape extends z.core.$ZodLooseShape> {
  schema: z.ZodObject<Shape, z.core.$strict>;
  /** Values of inputs that are left out; they appear in the outputs. */
  defaults: PropertyMap;
  /** Inputs whose change needs no replacement. */
  inPlace?: readonly string[];
  /** Inputs and outputs that are always secret. */
  secret: readonly string[];
  /** Names of the outputs that `make` computes. */
  computed: readonly string[];
  /** Whether a diff names the computed outputs as well. */
  computedAnew?: boolean;
  make(inputs: z.infer<z.ZodObject<Shape, z.core.$strict>>): Resource | Promise<Resource>;
  /** The outputs that time has changed, given the state with the new inputs over it. */
  aged?(state: PropertyMap): PropertyMap;
}

function markSecrets(map: PropertyMap, secret: readonly string[]): PropertyMap {
  const marked = Object.entries(map).map(([name, value]) => [name, secret.includes(name) ? makeSecret(value) : value]);
  return Object.fromEntries(marked) as PropertyMap;
}

/** The handler of a {@link StateOnlyResource}, as the Terraform bridge treats such resources. */
export function stateOnlyResource<Shape extends z.core.$ZodLooseShape>(
  resource: StateOnlyResource<Shape>,
): ResourceHandler {
  const { schema, defaults, inPlace = [], secret, computed } = resource;
  const names = Object.keys({ ...defaults, ...schema.shape });
  const hide = (map: PropertyMap): PropertyMap => markSecrets(map, secret);
  const planned = (news: PropertyMap): PropertyMap => ({ ...defaults, ...withoutNulls(news) });

  return {
    check(news) {
      const inputs = withoutNulls(news);
      return { inputs: hide(inputs), failures: schemaFailures(schema, inputs) };
    },

    diff(state, news) {
      const plan = planned(news);
      const changed = names.filter((name) => !isDeepStrictEqual(withoutNulls(state)[name], plan[name]));
      const aged = Object.keys(resource.aged?.({ ...state, ...plan }) ?? {});
      const anew = changed.length > 0 && resource.computedAnew ? ["id", ...computed] : [];
      const replaces = changed.filter((name) => !inPlace.includes(name));
      return { changed: [...changed, ...aged, ...anew], replaces: [...replaces, ...aged] };
    },

    async create({ inputs, preview }) {
      const plan = planned(inputs);
      if (preview) {
        const unknowns = Object.fromEntries(["id", ...computed].map((name) => [name, unknownValue]));
        return { id: "", outputs: hide({ ...plan, ...unknowns }) };
      }
      const { id, outputs } = await resource.make(schema.parse(withoutNulls(inputs)));
      // The bridge reads the id from the outputs: without it a refresh would lose the resource's id.
      return { id, outputs: hide({ ...plan, ...outputs, id }) };
    },

    read: ({ id, state, inputs }) =>
      Promise.resolve({ id, outputs: hide({ ...state, ...resource.aged?.(state) }), inputs: hide(inputs) }),

    update: ({ state, inputs }) => Promise.resolve(hide({ ...state, ...planned(inputs) })),
  };
}
